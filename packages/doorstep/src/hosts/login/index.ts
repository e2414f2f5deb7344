import fastify from 'fastify'
import { entraError } from '../../protocol/errors.ts'
import { fastifyHost, type Host } from '../host.ts'
import { adminConsentRoutes } from './admin-consent.ts'
import { authorizeRoutes } from './authorize.ts'
import { passwordCheck } from './check-password.ts'
import { credentialTypeRoute } from './credential-type.ts'
import { deviceAuthorizationRoutes } from './device-authorization.ts'
import { deviceSignInRoutes } from './device-sign-in.ts'
import { discoveryRoutes } from './discovery.ts'
import { errorLookUpRoute } from './error-look-up.ts'
import { answerNotFound, answerRefusal } from './error-response.ts'
import { instanceDiscoveryRoute } from './instance-discovery.ts'
import { keysRoutes } from './keys.ts'
import type { LoginParts } from './login-parts.ts'
import { nativeClientRoute } from './native-client.ts'
import { openIdUserInfoRoute } from './open-id-user-info.ts'
import { signInStepRoute } from './sign-in/steps.ts'
import { signOutRoutes } from './sign-out.ts'
import { startRoutes } from './start.ts'
import { tokenRoutes } from './token.ts'
import { userRealmRoutes } from './user-realm.ts'

/** Larger than any token request, and far from what would hurt. */
const bodyLimitInBytes = 256 * 1024

/** login.microsoftonline.com and its aliases: every route in one list. A refusal gets its form in one place. */
export async function loginHost(parts: LoginParts): Promise<Host> {
  const withPasswords = { ...parts, checkPassword: passwordCheck(parts) }
  const app = fastify({
    bodyLimit: bodyLimitInBytes,
    exposeHeadRoutes: false,
    // What cannot be routed is a tenant that cannot be one: the only free part of every path.
    frameworkErrors: (_error, request, reply) => {
      answerRefusal(parts)(entraError('tenantIdentifierInvalid', { tenant: tenantOf(request.url) }), request, reply)
    },
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 500,
    },
  })
  app.removeAllContentTypeParsers()
  // Fastify finds a content type by its exact name sooner than by '*', and forms are what comes.
  for (const contentType of ['application/x-www-form-urlencoded', '*']) {
    app.addContentTypeParser(contentType, { parseAs: 'string' }, (_request, body, done) => done(null, body))
  }
  app.setErrorHandler(answerRefusal(parts))
  app.setNotFoundHandler(answerNotFound)

  startRoutes(app)
  authorizeRoutes(app, parts)
  adminConsentRoutes(app, parts)
  deviceSignInRoutes(app, parts)
  signInStepRoute(app, withPasswords)
  signOutRoutes(app, parts)
  nativeClientRoute(app)
  tokenRoutes(app, withPasswords)
  deviceAuthorizationRoutes(app, parts)
  userRealmRoutes(app, parts)
  credentialTypeRoute(app, parts)
  openIdUserInfoRoute(app, parts)
  discoveryRoutes(app, parts)
  keysRoutes(app, parts)
  instanceDiscoveryRoute(app)
  errorLookUpRoute(app)
  return withoutMicrosoftPages(await fastifyHost(app))
}

function tenantOf(url: string): string {
  return url.split(/[/?]/)[1]?.slice(0, 300) ?? ''
}

/**
 * Of microsoft.com only /devicelogin is ours, and leads to the login host, where its cookies and forms live; every
 * other page is sent to where the real one is.
 */
function withoutMicrosoftPages(host: Host): Host {
  return {
    handle(request, response, asked) {
      if (asked.kind === 'local' || asked.host !== 'microsoft.com') return host.handle(request, response, asked)
      response.statusCode = 302
      response.setHeader('location', insteadOfMicrosoftPage(request.url ?? '/'))
      response.end()
    },
  }
}

function insteadOfMicrosoftPage(target: string): string {
  const [deviceSignIn, query = ''] = /^\/devicelogin\/?(\?.*)?$/i.exec(target) ?? []
  if (deviceSignIn === undefined) return `https://www.microsoft.com${target}`
  return `https://login.microsoftonline.com/common/oauth2/deviceauth${query}`
}
