import { contoso, fabrikam } from '../contoso.ts'
import {
  api,
  daemon,
  type FuzzedClient,
  type FuzzedCloud,
  graph,
  newcomer,
  page,
  people,
  tool,
  website,
  wild,
} from './cloud.ts'
import { challenge, type Prepared } from './prepared.ts'
import type { Random } from './random.ts'

/** A request with nothing wrong, before it is spoiled. */
export interface GoodRequest {
  readonly method: 'GET' | 'POST'
  /** Without the query. */
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /** Who may hear of the answer, where the parameters do not say it. */
  readonly client?: FuzzedClient | undefined
}

/** Something to attack, with all parameters it reads. */
export interface Target {
  readonly name: string
  readonly attacked: readonly string[]
  good(random: Random): GoodRequest
}

const tenants = [contoso.tenantId, contoso.domain, fabrikam.tenantId, 'common', 'organizations', 'consumers']

/** Values that mean something, by parameter: one of them is tried in place of the right one. */
export const meaningful: Readonly<Record<string, readonly string[]>> = {
  client_id: [website, wild, page, tool, newcomer, daemon].map(({ appId }) => appId),
  response_type: ['code', 'id_token', 'code id_token', 'id_token token', 'token', 'code token', 'none', 'code code'],
  response_mode: ['query', 'fragment', 'form_post', 'form_post.jwt', 'web_message'],
  redirect_uri: [website, wild, page, tool, newcomer].flatMap(({ redirectUris }) => redirectUris),
  scope: [
    'openid',
    'openid profile email offline_access',
    `${api}/.default`,
    `${api}/Read ${graph}/User.Read`,
    `${api}//.default`,
    `${api}/.default ${api}/Read`,
    '.default',
    '/.default',
    '/',
    '///',
    'User.Read.All',
    `${website.appId}/.default`,
  ],
  resource: [api, `${api}/`, graph, website.appId, 'https://management.core.windows.net/'],
  prompt: ['login', 'none', 'consent', 'select_account', 'create', 'admin_consent', 'attempt_none', 'refresh_session'],
  login_hint: [people.alice.name, 'nobody@contoso.example', '@', '@@contoso.example', 'alice@'],
  domain_hint: ['organizations', 'consumers', contoso.domain],
  code_challenge_method: ['S256', 'plain', 's256'],
  max_age: ['0', '1', '3600'],
  client_info: ['1', '0'],
  instance_aware: ['true', 'TRUE'],
  grant_type: [
    'authorization_code',
    'client_credentials',
    'refresh_token',
    'password',
    'device_code',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
    'srv_challenge',
    'user_fic',
  ],
  client_assertion_type: ['urn:ietf:params:oauth:client-assertion-type:saml2-bearer'],
  requested_token_use: ['on_behalf_of'],
  step: ['userName', 'password', 'staySignedIn', 'pick', 'consent', 'deviceCode', 'confirm'],
  loginfmt: [people.alice.name, people.admin.name, '@contoso.example', 'a@b@c'],
  username: [people.alice.name, '@contoso.example', 'a@b@c'],
  authority: tenants,
}

const authorizeParameters = [
  'client_id',
  'response_type',
  'redirect_uri',
  'scope',
  'resource',
  'response_mode',
  'state',
  'nonce',
  'prompt',
  'login_hint',
  'domain_hint',
  'sid',
  'code_challenge',
  'code_challenge_method',
  'claims',
  'client_info',
  'instance_aware',
  'return_spa_code',
  'max_age',
  'id_token_hint',
  'ui_locales',
  'mkt',
  'request',
  'request_uri',
  'client-request-id',
  'x-client-SKU',
]

const someTenant = (random: Random) => (random.chance(0.75) ? contoso.tenantId : random.pick(tenants))

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Every endpoint with every way to use it. */
export function targets(cloud: FuzzedCloud, prepared: Prepared): readonly Target[] {
  return [
    ...(['v2', 'v1'] as const).map((version) => authorizeTarget(version, prepared)),
    ...tokenTargets(cloud, prepared),
    ...(['v2', 'v1'] as const).map(deviceAuthorizationTarget),
    ...(['v2', 'v1'] as const).map((version) => adminConsentTarget(version, prepared)),
    ...['userName', 'password', 'staySignedIn', 'pick', 'consent', 'deviceCode', 'confirm'].map((step) =>
      pageTarget(step, prepared),
    ),
    deviceSignInTarget(prepared),
    userRealmTarget(),
  ]
}

const oauth = (version: 'v1' | 'v2', tenant: string, endpoint: string) =>
  `/${tenant}/oauth2/${version === 'v2' ? 'v2.0/' : ''}${endpoint}`

function authorizeTarget(version: 'v1' | 'v2', { sessionCookies }: Prepared): Target {
  return {
    name: `authorize ${version}`,
    attacked: authorizeParameters,
    good(random) {
      const client = random.pick([website, website, wild, page, tool, newcomer])
      const responseType =
        client === website ? random.pick(['code', 'code', 'id_token', 'code id_token', 'token']) : 'code'
      const method = random.pick(['GET', 'POST'] as const)
      return {
        method,
        path: oauth(version, someTenant(random), 'authorize'),
        parameters: {
          client_id: client.appId,
          response_type: responseType,
          redirect_uri: random.pick(client.redirectUris).replace('*', 'a'),
          ...(version === 'v2' ? { scope: `openid ${api}/Read` } : { resource: api }),
          state: 'a state',
          nonce: 'n-1',
          ...(random.chance(0.3) && { response_mode: 'form_post' }),
          ...(random.chance(0.3) && { prompt: random.pick(meaningful.prompt ?? []) }),
          ...(random.chance(0.3) && { code_challenge: challenge }),
        },
        headers: {
          ...(random.chance(0.6) && { cookie: random.pick(sessionCookies) }),
          ...(method === 'POST' && form),
        },
      }
    },
  }
}

const clientParameters = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type']

/** Each grant with its parameters, right; `code` and the like stand for nothing that was used before. */
function tokenTargets(cloud: FuzzedCloud, prepared: Prepared): readonly Target[] {
  let taken = 0
  const nextCode = () => prepared.codes[taken++ % prepared.codes.length]
  const secret = { client_id: website.appId, client_secret: cloud.websiteSecret }
  const grants: Readonly<Record<string, (random: Random) => Readonly<Record<string, string>>>> = {
    client_credentials: (random) =>
      random.chance(0.5)
        ? secret
        : {
            client_id: daemon.appId,
            client_assertion: cloud.signAssertion(),
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          },
    authorization_code() {
      const next = nextCode()
      if (!next) throw new Error('There are no codes.')
      return {
        ...(next.client === website ? secret : { client_id: next.client.appId }),
        code: next.code,
        redirect_uri: next.redirectUri,
        code_verifier: challenge,
      }
    },
    refresh_token(random) {
      const { client, token } = random.pick(prepared.refreshTokens)
      return { ...(client === website ? secret : { client_id: client.appId }), refresh_token: token }
    },
    password: () => ({ client_id: tool.appId, username: people.alice.name, password: people.alice.password }),
    device_code: (random) => ({ client_id: tool.appId, device_code: random.pick(prepared.deviceCodes).deviceCode }),
    'urn:ietf:params:oauth:grant-type:jwt-bearer': () => ({
      ...secret,
      assertion: cloud.signAssertion(),
      requested_token_use: 'on_behalf_of',
    }),
  }
  return Object.entries(grants).flatMap(([grantType, parametersOf]) =>
    (['v2', 'v1'] as const).map((version) => ({
      name: `token ${version} ${grantType}`,
      attacked: [
        ...new Set([
          'grant_type',
          'scope',
          'resource',
          ...clientParameters,
          ...Object.keys(attackedOf(grantType)),
          'client_info',
          'claims',
        ]),
      ],
      good(random: Random): GoodRequest {
        const parameters = parametersOf(random)
        const isPage = parameters.client_id === page.appId
        return {
          method: 'POST',
          path: oauth(version, grantType === 'client_credentials' ? contoso.tenantId : someTenant(random), 'token'),
          parameters: {
            grant_type: grantType,
            ...parameters,
            ...(version === 'v1'
              ? { resource: api }
              : { scope: grantType === 'client_credentials' ? `${api}/.default` : `${api}/Read` }),
          },
          headers: { ...form, ...((isPage || random.chance(0.1)) && { origin: 'http://localhost:3000' }) },
        }
      },
    })),
  )
}

/** What each grant reads beside the parameters of all. */
function attackedOf(grantType: string): Readonly<Record<string, true>> {
  switch (grantType) {
    case 'authorization_code':
      return { code: true, redirect_uri: true, code_verifier: true }
    case 'refresh_token':
      return { refresh_token: true }
    case 'password':
      return { username: true, password: true }
    case 'device_code':
      return { device_code: true, code: true }
    case 'client_credentials':
      return {}
    default:
      return { assertion: true, requested_token_use: true }
  }
}

function deviceAuthorizationTarget(version: 'v1' | 'v2'): Target {
  return {
    name: `devicecode ${version}`,
    attacked: ['client_id', 'scope', 'resource', 'claims', 'client_info'],
    good: (random) => ({
      method: 'POST',
      path: oauth(version, someTenant(random), 'devicecode'),
      parameters: { client_id: tool.appId, ...(version === 'v2' ? { scope: `${api}/Read` } : { resource: api }) },
      headers: form,
    }),
  }
}

function adminConsentTarget(version: 'v1' | 'v2', { sessionCookies }: Prepared): Target {
  return {
    name: `adminconsent ${version}`,
    attacked: ['client_id', 'redirect_uri', 'state', 'scope', 'login_hint', 'domain_hint'],
    good(random) {
      const client = random.pick([website, newcomer, tool, daemon])
      const [redirectUri] = client.redirectUris
      return {
        method: 'GET',
        path: `/${someTenant(random)}/${version === 'v2' ? 'v2.0/' : ''}adminconsent`,
        parameters: {
          client_id: client.appId,
          state: 'a state',
          ...(redirectUri !== undefined && { redirect_uri: redirectUri }),
          ...(version === 'v2' && { scope: `${graph}/.default` }),
        },
        headers: { ...(random.chance(0.7) && { cookie: random.pick(sessionCookies) }) },
      }
    },
  }
}

/** What a person sends with each page. */
const typed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  userName: { loginfmt: people.alice.name },
  password: { passwd: people.alice.password },
  deviceCode: { otc: 'ABCDEFGHJ' },
  pick: { account: '1f000000-0000-4000-8000-00000000000a' },
}
const buttons = ['cancel', 'back', 'decline', 'otherAccount', 'adminConsent']

function pageTarget(step: string, { openPages, deviceCodes }: Prepared): Target {
  const pages = openPages.filter((open) => open.step === step)
  const answers = Object.keys(typed[step] ?? {})
  return {
    name: `page ${step}`,
    attacked: ['flow', 'step', ...answers, ...buttons],
    good(random) {
      const { flow, cookie, client } = random.pick(pages)
      return {
        method: 'POST',
        path: '/common/login',
        parameters: {
          flow,
          step,
          ...typed[step],
          ...(step === 'deviceCode' && random.chance(0.5) && { otc: random.pick(deviceCodes).userCode }),
          ...(random.chance(0.2) && { [random.pick(buttons)]: 'true' }),
        },
        headers: { ...form, cookie },
        client,
      }
    },
  }
}

function deviceSignInTarget({ deviceCodes, sessionCookies }: Prepared): Target {
  return {
    name: 'device sign-in',
    attacked: ['otc'],
    good: (random) => ({
      method: 'GET',
      path: random.pick(['/devicelogin', '/common/oauth2/deviceauth']),
      parameters: { otc: random.pick(deviceCodes).userCode },
      headers: { ...(random.chance(0.5) && { cookie: random.pick(sessionCookies) }) },
    }),
  }
}

function userRealmTarget(): Target {
  return {
    name: 'user realm',
    attacked: ['user', 'login', 'api-version'],
    good: (random) => ({
      method: 'GET',
      path: random.pick(['/common/userrealm', '/getuserrealm.srf', `/common/userrealm/${people.alice.name}`]),
      parameters: { [random.pick(['user', 'login'])]: people.alice.name, 'api-version': random.pick(['1.0', '2.1']) },
      headers: {},
    }),
  }
}
