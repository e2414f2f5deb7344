import { PublicClientApplication } from '@azure/msal-node'

const { AZURE_TENANT_ID, CLIENT_ID } = process.env

const application = new PublicClientApplication({
  auth: { clientId: CLIENT_ID, authority: `https://login.microsoftonline.com/${AZURE_TENANT_ID}` },
})
const { accessToken, account } = await application.acquireTokenByDeviceCode({
  scopes: [process.argv[2]],
  deviceCodeCallback: ({ message }) => console.log(message),
})
console.log(JSON.stringify({ accessToken, userName: account.username }))
