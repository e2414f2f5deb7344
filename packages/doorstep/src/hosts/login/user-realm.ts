import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Tenant } from '../../directory/tenant.ts'
import type { LoginParts } from './login-parts.ts'
import { requestIds, sendUncached } from './response-headers.ts'

interface UserRealmRoute {
  Params: { user?: string }
  /** A parameter that comes twice is a list. */
  Querystring: Record<string, string | string[] | undefined>
}

/**
 * Home realm discovery: MSAL asks it before it sends a password. Every domain of the local cloud is managed here, none
 * is federated. The names of personal accounts have a domain of nobody's.
 */
export function userRealmRoutes(app: FastifyInstance, { tenants }: LoginParts): void {
  const answer = (describe: (realm: UserRealm, version: string) => object) => {
    return async (http: FastifyRequest<UserRealmRoute>, reply: FastifyReply): Promise<FastifyReply> => {
      const login = http.params.user ?? firstOf(http.query.user) ?? firstOf(http.query.login) ?? ''
      const domain = login.split('@')[1]?.toLowerCase() ?? ''
      const tenant = domain === '' ? undefined : await tenants.byDomain(domain)
      const body = JSON.stringify(describe({ login, domain, tenant }, firstOf(http.query['api-version']) ?? '1.0'))
      return sendUncached(http, reply, { status: 200, ids: requestIds(http), telemetry: '1,0,0,,', body })
    }
  }
  const ofVersion = answer((realm, version) => (version.startsWith('2.') ? realmOfV2(realm) : realmOfV1(realm)))
  app.get<UserRealmRoute>('/:tenant/userrealm/:user', ofVersion)
  app.get<UserRealmRoute>('/:tenant/userrealm', ofVersion)
  const ofSignInPage = answer((realm) => ({ State: 4, UserState: realm.tenant ? 1 : 2, ...realmOfV2(realm) }))
  app.get<UserRealmRoute>('/getuserrealm.srf', ofSignInPage)
}

const firstOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

interface UserRealm {
  readonly login: string
  readonly domain: string
  /** The tenant that has verified the domain. */
  readonly tenant: Tenant | undefined
}

const cloudInstanceName = 'microsoftonline.com'

function realmOfV1({ domain, tenant }: UserRealm) {
  return {
    ver: '1.0',
    account_type: tenant ? 'Managed' : 'Unknown',
    ...(tenant && { domain_name: domain }),
    cloud_instance_name: cloudInstanceName,
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  }
}

function realmOfV2({ login, domain, tenant }: UserRealm) {
  return {
    NameSpaceType: tenant ? 'Managed' : 'Unknown',
    Login: login,
    DomainName: domain,
    ...(tenant && { FederationBrandName: tenant.displayName }),
    TenantBrandingInfo: null,
    cloud_instance_name: cloudInstanceName,
  }
}
