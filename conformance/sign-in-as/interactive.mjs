import { spawn } from 'node:child_process'
import { PublicClientApplication } from '@azure/msal-node'

const { AZURE_TENANT_ID, AZURE_CLIENT_ID } = process.env

const application = new PublicClientApplication({
  auth: { clientId: AZURE_CLIENT_ID, authority: `https://login.microsoftonline.com/${AZURE_TENANT_ID}` },
})
const { account, accessToken } = await application.acquireTokenInteractive({
  scopes: ['https://graph.microsoft.com/User.Read'],
  openBrowser: async (url) => {
    spawn(process.argv[2] ?? process.env.BROWSER, [url], { stdio: 'inherit' })
  },
})
const [cached] = await application.getTokenCache().getAllAccounts()
const silent = await application.acquireTokenSilent({
  account: cached,
  scopes: ['https://graph.microsoft.com/User.Read'],
})
console.log(JSON.stringify({ user: account.username, accessToken, fromCache: silent.fromCache }))
