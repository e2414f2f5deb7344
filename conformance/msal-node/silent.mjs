import { PublicClientApplication } from '@azure/msal-node'
import { fileCache } from './file-cache.mjs'

const { AZURE_TENANT_ID, CLIENT_ID, CACHE_FILE } = process.env

const application = new PublicClientApplication({
  auth: { clientId: CLIENT_ID, authority: `https://login.microsoftonline.com/${AZURE_TENANT_ID}` },
  cache: { cachePlugin: fileCache(CACHE_FILE) },
})
const [account] = await application.getAllAccounts()
const { accessToken, fromCache } = await application.acquireTokenSilent({ account, scopes: [process.argv[2]] })
console.log(JSON.stringify({ accessToken, fromCache }))
