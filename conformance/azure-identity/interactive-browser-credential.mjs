import { InteractiveBrowserCredential } from '@azure/identity'

const { AZURE_TENANT_ID, CLIENT_ID, REDIRECT_URI } = process.env

const credential = new InteractiveBrowserCredential({
  tenantId: AZURE_TENANT_ID,
  clientId: CLIENT_ID,
  redirectUri: REDIRECT_URI,
})
console.log((await credential.getToken(process.argv[2])).token)
