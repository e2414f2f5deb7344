import { ConfidentialClientApplication } from '@azure/msal-node'

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = process.env

const application = new ConfidentialClientApplication({
  auth: {
    clientId: AZURE_CLIENT_ID,
    clientSecret: AZURE_CLIENT_SECRET,
    authority: `https://login.microsoftonline.com/${AZURE_TENANT_ID}`,
  },
})
const result = await application.acquireTokenByClientCredential({ scopes: [process.argv[2]] })
console.log(JSON.stringify({ accessToken: result.accessToken, expiresOn: result.expiresOn }))
