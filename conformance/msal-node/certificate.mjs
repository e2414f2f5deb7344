import { readFileSync } from 'node:fs'
import { ConfidentialClientApplication } from '@azure/msal-node'

const { AZURE_TENANT_ID, CLIENT_ID, CERTIFICATE_FILE, THUMBPRINT } = process.env

const pem = readFileSync(CERTIFICATE_FILE, 'utf8')
const application = new ConfidentialClientApplication({
  auth: {
    clientId: CLIENT_ID,
    authority: `https://login.microsoftonline.com/${AZURE_TENANT_ID}`,
    clientCertificate: {
      thumbprintSha256: THUMBPRINT,
      privateKey: /-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----/.exec(pem)[0],
      x5c: /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.exec(pem)[0],
    },
  },
})
const { accessToken } = await application.acquireTokenByClientCredential({ scopes: [process.argv[2]] })
console.log(JSON.stringify({ accessToken }))
