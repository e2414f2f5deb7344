import type { FastifyInstance } from 'fastify'
import { entraError } from '../../protocol/errors.ts'
import type { LoginParts } from './login-parts.ts'
import { requestIds, sendUncached } from './response-headers.ts'
import { accountNamed } from './sign-in/accounts.ts'

interface CredentialTypeRoute {
  Body: string | undefined
}

const ifExistsResult = { exists: 0, unknown: 1 }
const domainType = { unknown: 1, managed: 3 }
const passwordPreferred = 1

/**
 * POST /{tenant}/GetCredentialType: what Entra's own sign-in page asks about a user name, and what tools ask that find
 * out whether an account exists. Everybody here signs in with a password.
 * @throws {EntraError} 900144 when the body is no JSON object with a Username.
 */
export function credentialTypeRoute(app: FastifyInstance, parts: LoginParts): void {
  app.post<CredentialTypeRoute>('/:tenant/getcredentialtype', async (request, reply) => {
    const userName = userNameOf(request.body ?? '')
    if (userName === undefined) throw entraError('parameterMissing', { parameter: 'Username' })
    const account = await accountNamed(userName, parts)
    const tenant = await parts.tenants.byDomain(userName.split('@')[1] ?? '')
    const body = JSON.stringify({
      Username: userName,
      Display: userName,
      IfExistsResult: account ? ifExistsResult.exists : ifExistsResult.unknown,
      IsUnmanaged: false,
      ThrottleStatus: 0,
      Credentials: {
        PrefCredential: passwordPreferred,
        HasPassword: true,
        RemoteNgcParams: null,
        FidoParams: null,
        SasParams: null,
        CertAuthParams: null,
        GoogleParams: null,
        FacebookParams: null,
      },
      EstsProperties: {
        UserTenantBranding: null,
        DomainType: tenant ? domainType.managed : domainType.unknown,
      },
      IsSignupDisallowed: true,
    })
    return sendUncached(request, reply, { status: 200, ids: requestIds(request), telemetry: '1,0,0,,', body })
  })
}

function userNameOf(body: string): string | undefined {
  const parsed = parsedJson(body)
  if (typeof parsed !== 'object' || parsed === null || !('Username' in parsed)) return undefined
  const userName = typeof parsed.Username === 'string' ? parsed.Username.trim() : ''
  return userName === '' ? undefined : userName
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
