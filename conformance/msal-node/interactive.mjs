import { spawn } from 'node:child_process'
import { PublicClientApplication } from '@azure/msal-node'
import { fileCache } from './file-cache.mjs'

const { AZURE_TENANT_ID, CLIENT_ID, CACHE_FILE, BROWSER } = process.env

const application = new PublicClientApplication({
  auth: { clientId: CLIENT_ID, authority: `https://login.microsoftonline.com/${AZURE_TENANT_ID}` },
  cache: { cachePlugin: fileCache(CACHE_FILE) },
})
const { accessToken, account, scopes } = await application.acquireTokenInteractive({
  scopes: [process.argv[2]],
  openBrowser: async (address) => {
    spawn(BROWSER, [address], { stdio: ['ignore', 'inherit', 'inherit'] })
  },
})
console.log(JSON.stringify({ accessToken, userName: account.username, homeAccountId: account.homeAccountId, scopes }))
