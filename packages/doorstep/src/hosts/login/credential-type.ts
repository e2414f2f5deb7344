import type { FastifyInstance, FastifyRequest } from 'fastify'
import { personalAccountsTenantId } from '../../directory/personal-accounts.ts'
import { entraError } from '../../protocol/errors.ts'
import type { LoginParts } from './login-parts.ts'
import { requestIds, sendUncached } from './response-headers.ts'
import { accountNamed } from './sign-in/accounts.ts'

interface CredentialTypeRoute {
  Params: { tenant: string }
  Body: string | undefined
}

/** Whether there is an account, as Entra's own sign-in page hears it: here, not at all, or a personal one. */
const existence = { here: 0, nowhere: 1, personal: 5 }
/** What kind of domain a user name has. */
const domainTypes = { unknown: 1, consumer: 2, managed: 3 }
const password = 1

/** POST /{tenant}/GetCredentialType: what a user name can sign in with; programs ask it to see whether it exists. */
export function credentialTypeRoute(app: FastifyInstance, parts: LoginParts): void {
  app.post<CredentialTypeRoute>('/:tenant/getcredentialtype', async (http, reply) => {
    const userName = userNameIn(http)
    const body = JSON.stringify(await credentialType(userName, parts))
    return sendUncached(http, reply, { status: 200, ids: requestIds(http), telemetry: '1,0,0,,', body })
  })
}

/** @throws {EntraError} 9002313 for a body that is no JSON object, 900144 for one without a user name. */
function userNameIn({ body }: FastifyRequest<CredentialTypeRoute>): string {
  const sent = parsedObject(body ?? '')
  const userName = sent.Username ?? sent.username
  if (typeof userName !== 'string' || userName.trim() === '') {
    throw entraError('parameterMissing', { parameter: 'Username' })
  }
  return userName.trim()
}

function parsedObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(json)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  } catch {
    // Said below, as for any other body that is no object.
  }
  throw entraError('requestMalformed')
}

async function credentialType(userName: string, parts: LoginParts) {
  const account = await accountNamed(userName, parts)
  const isPersonal = account?.tenant.id === personalAccountsTenantId
  const isManaged = (await parts.tenants.byDomain(userName.split('@')[1] ?? '')) !== undefined
  const hasPassword = !account || (await parts.users.passwordOf(account.user.id)) !== undefined
  return {
    Username: userName,
    Display: userName,
    IfExistsResult: isPersonal ? existence.personal : account ? existence.here : existence.nowhere,
    IsUnmanaged: false,
    ThrottleStatus: 0,
    Credentials: {
      PrefCredential: password,
      HasPassword: hasPassword,
      RemoteNgcParams: null,
      FidoParams: null,
      SasParams: null,
      CertAuthParams: null,
      GoogleParams: null,
      FacebookParams: null,
    },
    EstsProperties: {
      UserTenantBranding: null,
      DomainType: isManaged ? domainTypes.managed : isPersonal ? domainTypes.consumer : domainTypes.unknown,
    },
    IsSignupDisallowed: true,
  }
}
