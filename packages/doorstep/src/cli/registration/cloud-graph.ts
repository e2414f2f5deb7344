import { type AccessToken, type Login, notSignedIn, type TokenCredential } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import { type Cloud, defaultScopes } from '../clouds.ts'
import type { CommandIO } from '../command.ts'
import { findLocalCloud } from '../control-client.ts'
import { RefusedError, UsageError } from '../failure.ts'
import { parseJson } from '../local-https.ts'
import { credentialOfApplication, hasEnvironmentApplication, tokensOfApplication } from '../login/application-token.ts'
import { type ChosenProfile, chooseProfile } from '../login/choose-profile.ts'
import { explained } from '../login/explain-refusal.ts'
import { ask } from '../login/kept-token.ts'
import { loginOfProfile } from '../login/login-of-profile.ts'
import { credentialOfLogin } from '../login/login-token.ts'
import { openTokenStore } from '../login/token-store.ts'
import { type OutboundRoute, sendOutbound, upstreamOf } from '../outbound-https.ts'
import { shellWord } from '../shell-word.ts'
import { cloudTime } from './cloud-time.ts'
import { type GraphClient, graphClient } from './graph-client.ts'

/** What the options say about the directory that is meant. */
export interface ChosenDirectory {
  readonly cloud: Cloud | undefined
  readonly tenant: string | undefined
  readonly profile: string | undefined
}

/** Somebody who may ask Graph, and where it is. */
interface Actor {
  readonly cloud: Cloud
  readonly name: string
  /** As signed in; another than `--tenant` asks for is refused. */
  readonly tenantId: string
  readonly dataDirectory: string
  getToken(): Promise<AccessToken>
}

const patienceMilliseconds = 100_000

/** Addresses of Graph; the local cloud has it under a path of its listener. */
const graphRoots: Readonly<Record<Exclude<Cloud, 'local'>, string>> = {
  public: 'https://graph.microsoft.com/v1.0',
  usgov: 'https://graph.microsoft.us/v1.0',
  china: 'https://microsoftgraph.chinacloudapi.cn/v1.0',
}

/**
 * Graph of the cloud that a login belongs to, asked as whoever is signed in: the login of `--profile` or of the default
 * profile, or the application that the AZURE_ variables name.
 *
 * @throws {RefusedError} when nobody is signed in
 * @throws {UsageError} when the login belongs to another cloud or tenant than was asked for
 */
export async function cloudGraph(chosen: ChosenDirectory, io: CommandIO): Promise<GraphClient> {
  const actor = await actorFor(chosen, io)
  const claims = claimsIn((await actor.getToken()).token)
  const tenantId = claims.tid ?? actor.tenantId
  const named = chosen.tenant?.toLowerCase()
  if (named !== undefined && ![tenantId, actor.tenantId].some((known) => known.toLowerCase() === named)) {
    throw new UsageError(
      `${actor.name} is signed in to the tenant ${tenantId}, not to ${chosen.tenant}: sign in there first, with npx --no-install doorstep login --cloud ${actor.cloud} --tenant ${shellWord(chosen.tenant ?? '')}`,
    )
  }
  const { root, route, now } = await placeOf(actor, io.environment)
  return graphClient({
    cloud: actor.cloud,
    tenantId,
    clientId: claims.appid ?? '',
    actor: actor.name,
    root,
    options: optionsOf(chosen, actor),
    async send({ method, url, body }) {
      const { token } = await actor.getToken()
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': 'doorstep',
        ...(text !== undefined && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(text)),
        }),
      }
      const wanted = { method, url: new URL(url), headers, body: text, timeoutMilliseconds: patienceMilliseconds }
      const answer = await sendOutbound(wanted, route)
      return {
        status: answer.status,
        body: parseJson(answer.body.toString('utf8')),
        retryAfterSeconds: Number(answer.headers['retry-after']) || undefined,
      }
    },
    now,
    commandLine: (words) => `npx --no-install doorstep ${words.map(shellWord).join(' ')}`,
  })
}

function optionsOf({ profile }: ChosenDirectory, { cloud }: Actor): readonly string[] {
  return [...(cloud === 'local' ? [] : ['--cloud', cloud]), ...(profile === undefined ? [] : ['--profile', profile])]
}

async function actorFor(chosen: ChosenDirectory, io: CommandIO): Promise<Actor> {
  const { environment } = io
  const profile = await chooseProfile(chosen.profile, environment)
  if (!profile.isNamed && hasEnvironmentApplication(environment)) return applicationActor(chosen, io)
  return loginActor(chosen, profile, io)
}

async function applicationActor({ cloud = 'local' }: ChosenDirectory, io: CommandIO): Promise<Actor> {
  const { environment } = io
  const said = { cloud, data: undefined }
  const credential = credentialOfApplication(said, environment, await tokensOfApplication(said, io))
  return {
    cloud,
    name: `the application ${environment.AZURE_CLIENT_ID}`,
    tenantId: environment.AZURE_TENANT_ID ?? '',
    dataDirectory: dataDirectory(undefined, environment),
    getToken: () => tokenFor(cloud, credential),
  }
}

function tokenFor(cloud: Cloud, credential: TokenCredential): Promise<AccessToken> {
  return ask(credential, { scopes: [defaultScopes[cloud]] }).catch((error: unknown) => {
    throw explained(error)
  })
}

async function loginActor(chosen: ChosenDirectory, profile: ChosenProfile, io: CommandIO): Promise<Actor> {
  const store = await openTokenStore(io)
  const login = await loginOfProfile(profile, store, io)
  if (login === undefined)
    throw chosen.cloud === undefined ? notSignedIn(profile.name) : notSignedInTo(chosen.cloud, profile)
  const cloud = chosen.cloud ?? login.cloud
  if (login.cloud !== cloud) throw new UsageError(belongsElsewhere(login, cloud))
  const credential = credentialOfLogin(login, store, io)
  return {
    cloud,
    name: login.as === 'person' ? login.username : `the application ${login.clientId}`,
    tenantId: login.tenantId,
    dataDirectory: login.dataDirectory ?? dataDirectory(undefined, io.environment),
    getToken: () => tokenFor(cloud, credential),
  }
}

function notSignedInTo(cloud: Cloud, { name, isNamed }: ChosenProfile): RefusedError {
  const option = isNamed ? ` --profile ${name}` : ''
  return new RefusedError(
    `Nobody is signed in to the ${cloud} cloud${isNamed ? ` as profile ${name}` : ''}. Sign in first: npx --no-install doorstep login --cloud ${cloud}${option}, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.`,
  )
}

function belongsElsewhere({ profile, cloud }: Login, wanted: Cloud): string {
  return `Profile ${profile} is signed in to the cloud ${cloud}, not to ${wanted}: choose another with --profile, or sign in with npx --no-install doorstep login --cloud ${wanted} --profile ${wanted}`
}

async function placeOf({ cloud, dataDirectory: folder }: Actor, environment: CommandIO['environment']): Promise<Place> {
  if (cloud !== 'local') {
    return { root: graphRoots[cloud], route: { upstream: upstreamOf(environment) }, now: async () => Date.now() }
  }
  const local = await findLocalCloud(folder, environment)
  return { root: `${local.instance.url}/graph/v1.0`, route: { ca: local.ca }, now: () => cloudTime(local) }
}

interface Place {
  readonly root: string
  readonly route: OutboundRoute
  now(): Promise<number>
}

/** What a token says of itself. It is not checked here: Graph does that. */
function claimsIn(token: string): { readonly tid?: string; readonly appid?: string } {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return typeof claims === 'object' && claims !== null ? claims : {}
}
