/* global msal, settings */
const { clientId, authority, scope, loginHint } = settings
const request = { scopes: [scope] }

const application = await msal.createStandardPublicClientApplication({
  auth: { clientId, authority, redirectUri: '/redirect.html', postLogoutRedirectUri: '/redirect.html' },
  cache: { cacheLocation: 'localStorage' },
})

const activeAccount = () => application.getAllAccounts()[0]
const actions = {
  loginRedirect: () => application.loginRedirect(request),
  loginPopup: () => application.loginPopup(request),
  ssoSilent: () => application.ssoSilent({ ...request, loginHint }),
  acquireTokenSilent: () => application.acquireTokenSilent({ ...request, account: activeAccount() }),
  logoutRedirect: () => application.logoutRedirect({ account: activeAccount() }),
  logoutPopup: () => application.logoutPopup({ account: activeAccount() }),
}

for (const [id, action] of Object.entries(actions)) {
  document.getElementById(id).addEventListener('click', () => show(id, action()))
}
await show('redirect', application.handleRedirectPromise())
document.body.dataset.ready = 'yes'

async function show(action, promise) {
  const shown = document.getElementById('result')
  shown.textContent = ''
  try {
    const result = await promise
    const { accessToken, fromCache, account, idTokenClaims } = result ?? {}
    const accounts = application.getAllAccounts().map(({ username }) => username)
    shown.textContent = JSON.stringify({
      action,
      accessToken,
      fromCache,
      userName: account?.username,
      homeAccountId: account?.homeAccountId,
      nonce: idTokenClaims?.nonce,
      accounts,
    })
  } catch ({ name, errorCode, errorMessage, message }) {
    shown.textContent = JSON.stringify({ action, failure: { name, errorCode, message: errorMessage || message } })
  }
}
