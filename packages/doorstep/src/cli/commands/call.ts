import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFetch, type TokenCredential } from '@doorstep/client'
import { dataDirectory } from '../../data-folder.ts'
import { type CallTarget, callTarget } from '../call/call-target.ts'
import { readRequest, type SaidRequest } from '../call/read-request.ts'
import type { Cloud } from '../clouds.ts'
import { type CommandIO, command, flag, parsed, profileOption, text, texts } from '../command.ts'
import { findLocalCloud, readLocalCloud } from '../control-client.ts'
import { UsageError } from '../failure.ts'
import { parseJson } from '../local-https.ts'
import { credentialOfApplication, hasEnvironmentApplication, tokensOfApplication } from '../login/application-token.ts'
import { chooseProfile } from '../login/choose-profile.ts'
import { explained } from '../login/explain-refusal.ts'
import { findLogin, nobodySignedIn } from '../login/find-login.ts'
import { type AskedApi, untilDue } from '../login/kept-token.ts'
import { credentialOfLogin } from '../login/login-token.ts'
import { askedApi, cloudOfEnvironment } from '../login/sign-in-plan.ts'
import { openTokenStore } from '../login/token-store.ts'
import { type OutboundAnswer, type OutboundRoute, sendOutbound, upstreamOf } from '../outbound-https.ts'
import { printable } from '../terminal.ts'

const usualTimeoutSeconds = 60

export const call = command({
  summary: 'call an API with the right token',
  description: [
    'The API is known by the address: Microsoft Graph, Azure Resource Manager, Azure Monitor, Cognite Data Fusion, Key Vault, Storage, and the local cloud’s own paths. For any other say --resource or --scope; without them no token is sent.',
    'With a login of the local cloud the real names lead to it, without `doorstep run`: that of the data folder of the login; for the application of AZURE_CLIENT_ID that of DOORSTEP_DATA (--data is the body here).',
    'The body is printed to stdout, the status to stderr. The exit code is 0 for 2xx, 1 for any other status, 3 when nobody answers. After a 401 the request is sent once more with a new token.',
  ].join('\n'),
  arguments: [
    {
      form: '<address...>',
      help: 'GET, POST, PUT, PATCH or DELETE (default: GET, with --data POST), then an https address',
    },
  ],
  options: {
    data: text('TEXT', 'body of the request; @FILE reads a file, @- standard input'),
    header: texts('LINE', 'header of the request: "ConsistencyLevel: eventual"'),
    include: flag('print status and headers before the body'),
    resource: text('RESOURCE', 'the API, v1.0'),
    scope: texts('SCOPE', 'the API, v2.0: api://my-api/.default'),
    profile: profileOption('which login (default: DOORSTEP_PROFILE, else default)'),
    timeout: parsed(
      'SECONDS',
      `longest wait for an answer to begin, and for each next part of it (default: ${usualTimeoutSeconds})`,
      parseTimeout,
    ),
  },
  examples: [
    'doorstep call https://graph.microsoft.com/v1.0/me',
    'doorstep call POST https://graph.microsoft.com/v1.0/groups --data @group.json',
    'doorstep call https://my-instance.energy.azure.com/api/entitlements/v2/groups --header "data-partition-id: dp1" --resource 0a123b56-c987-4234-abcd-1a2b3c4d5e6f',
  ],
  async run(options, io, operands) {
    if (operands.length > 2) throw new UsageError(`'${operands[2]}' is one word too many: call [METHOD] ADDRESS.`)
    const request = await readRequest(operands, options)
    const caller = await callerOf(options.profile, io)
    const localUrl = caller.dataDirectory && (await readLocalCloud(caller.dataDirectory))?.instance.url
    const said = askedApi(options, {})
    const target = callTarget({ url: request.url, cloud: caller.cloud, localUrl: localUrl || undefined, said })
    const route = await routeOf(target, caller, io.environment)
    const timeoutMilliseconds = (options.timeout ?? usualTimeoutSeconds) * 1_000
    const bounded = { ...request, timeoutMilliseconds }
    const answer = await callApi(bounded, target.asked, caller.credential, route).catch((error: unknown) => {
      throw explained(error)
    })
    report(request, answer, options.include, io)
    return answer.status >= 200 && answer.status < 300 ? 0 : 1
  },
})

/** Whose token goes along. */
interface Caller {
  readonly cloud: Cloud
  readonly credential: TokenCredential
  readonly dataDirectory: string
}

async function callerOf(given: string | undefined, io: CommandIO): Promise<Caller> {
  const { environment } = io
  const profile = await chooseProfile(given, environment)
  const folder = dataDirectory(undefined, environment)
  if (!profile.isNamed && hasEnvironmentApplication(environment)) {
    const localUrl = (await readLocalCloud(folder))?.instance.url
    const cloud = cloudOfEnvironment(environment, localUrl) ?? 'local'
    const anyCloud = { cloud: undefined, data: undefined }
    const { tokens } = untilDue(await tokensOfApplication(anyCloud, io))
    const credential = credentialOfApplication(anyCloud, environment, tokens)
    return { cloud, credential, dataDirectory: folder }
  }
  const store = await openTokenStore(io)
  const anywhere = { cloud: undefined, dataDirectory: undefined }
  const login = await findLogin(profile, anywhere, store, io)
  if (login === undefined) throw nobodySignedIn(profile, anywhere, store, environment)
  return {
    cloud: login.cloud,
    credential: credentialOfLogin(login, store, io),
    dataDirectory: login.dataDirectory ?? folder,
  }
}

async function routeOf(
  { route }: CallTarget,
  caller: Caller,
  environment: CommandIO['environment'],
): Promise<OutboundRoute> {
  if (route === 'network') return { upstream: upstreamOf(environment) }
  const { instance, ca, dataDirectory: folder } = await findLocalCloud(caller.dataDirectory, environment)
  if (route === 'listener') return { ca }
  const interceptRoot = await readFile(join(folder, 'intercept-ca.pem'), 'utf8')
  return { ca: interceptRoot, connectTo: { host: '127.0.0.1', port: Number(new URL(instance.url).port) } }
}

function parseTimeout(words: string): number {
  const seconds = Number(words)
  if (/^\d+(\.\d+)?$/.test(words) && seconds > 0 && seconds <= 86_400) return seconds
  throw new UsageError(`--timeout '${words}' is no time: write seconds above 0 and up to 86400, such as --timeout 10.`)
}

/** Sends the request with a token, and once more with a new one after a 401. */
async function callApi(
  { method, url, headers, body, timeoutMilliseconds }: SaidRequest & { readonly timeoutMilliseconds: number },
  { scopes, resource }: AskedApi,
  credential: TokenCredential,
  route: OutboundRoute,
): Promise<OutboundAnswer> {
  let last: OutboundAnswer | undefined
  const send: typeof fetch = async (_url, init) => {
    const all = Object.fromEntries(new Headers(init?.headers))
    const wanted = { method, url, headers: all, body, timeoutMilliseconds }
    last = await sendOutbound(wanted, route)
    const { status } = last
    const challenge = last.headers['www-authenticate']
    return new Response(null, { status, headers: challenge === undefined ? {} : { 'www-authenticate': challenge } })
  }
  const api = resource === undefined ? { scopes: [...scopes] } : { resource }
  const fetchWithToken = createFetch(credential, { ...api, fetch: send, onNotice: () => {} })
  await fetchWithToken(url, { method, headers: { accept: '*/*', 'user-agent': 'doorstep', ...headers } })
  if (last === undefined) throw new Error('The request was not sent.')
  return last
}

function report({ method, url }: SaidRequest, answer: OutboundAnswer, include: boolean, { terminal }: CommandIO): void {
  const { status, statusText, headers, body } = answer
  if (include) for (const line of [...headLines(answer), '']) terminal.print(line)
  terminal.note(`${method} ${url.origin}${url.pathname} ${status} ${statusText}`.trimEnd())
  const { location, 'www-authenticate': challenge, 'x-doorstep-effective-at': effectiveAt } = headers
  if (status >= 300 && status < 400 && location) terminal.note(`It leads to ${location}, which was not followed.`)
  if (status === 401 && challenge) terminal.note(`The API asks: ${challenge}`)
  if (effectiveAt) terminal.note(`The role reaches the API at ${String(effectiveAt)}.`)
  if (body.length === 0) return
  const json =
    /\bjson\b/i.test(headers['content-type'] ?? '') && terminal.isTerminal
      ? parseJson(body.toString('utf8'))
      : undefined
  if (json === undefined) terminal.write(body)
  else terminal.print(JSON.stringify(json, undefined, 2))
}

/** As curl prints them with --include. */
function headLines({ status, statusText, headers }: OutboundAnswer): string[] {
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}: ${one}`),
  )
  return [`HTTP/1.1 ${status} ${statusText}`.trimEnd(), ...fields.map(printable)]
}
