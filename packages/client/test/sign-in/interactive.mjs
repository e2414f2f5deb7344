// Signs the person in whom `doorstep run --sign-in-as` stands for, and prints what came of it.
import { AuthorizationCodeCredential, InteractiveBrowserCredential } from '@doorstep/client'

const [clientId, scope, clientSecret] = process.argv.slice(2)
const options = { tenantId: process.env.AZURE_TENANT_ID, clientId, redirectUri: process.env.REDIRECT_URI }
const credential = clientSecret
  ? new AuthorizationCodeCredential({ ...options, clientSecret })
  : new InteractiveBrowserCredential(options)
const account = await credential.authenticate(scope)
const { token } = await credential.getToken(scope)
console.log(JSON.stringify({ account, token }))
