import { clients, daemon, type FuzzedClient, type SignAssertion } from './cloud.ts'
import {
  type EncodedValue,
  encoded,
  type HostileKind,
  hostileHeaderValue,
  hostileKinds,
  hostileValue,
  prototypeNames,
} from './hostile-values.ts'
import { type Random, randomFrom } from './random.ts'
import { type GoodRequest, meaningful, type Target } from './targets.ts'

/** One request that is wrong in one or two places. */
export interface FuzzCase {
  /** What was done to what. */
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Whose redirect URIs the answer may go to. */
  readonly askedBy: readonly FuzzedClient[]
}

type Attack =
  | { readonly on: 'value'; readonly parameter: string; readonly kind: HostileKind }
  | { readonly on: 'absence' | 'repetition' | 'assertion'; readonly parameter: string }
  | { readonly on: 'header'; readonly header: string }
  | { readonly on: 'name' | 'path' | 'contentType' | 'nothing' }

const attackedHeaders = ['authorization', 'origin', 'client-request-id', 'cookie', 'x-forwarded-host', 'accept', 'host']

/**
 * The cases of a seed: for every parameter of every target some kinds of hostile values, its absence and its
 * repetition; then headers, parameter names, paths and content types.
 */
export function fuzzCases(
  seed: string,
  targets: readonly Target[],
  signAssertion: SignAssertion,
  kindsEach: number,
): readonly FuzzCase[] {
  return targets.flatMap((target) =>
    attacksOn(target, randomFrom(`${seed} ${target.name}`), kindsEach).map((attack, index) =>
      spoiled(target, attack, randomFrom(`${seed} ${target.name} ${index}`), signAssertion),
    ),
  )
}

function attacksOn(target: Target, random: Random, kindsEach: number): readonly Attack[] {
  const onValues = target.attacked.flatMap((parameter) =>
    random
      .shuffled(hostileKinds)
      .slice(0, kindsEach)
      .map((kind) => ({ on: 'value', parameter, kind }) as const),
  )
  const addresses = target.attacked.filter((parameter) => parameter === 'redirect_uri')
  const signed = target.attacked.filter((parameter) => ['assertion', 'client_assertion'].includes(parameter))
  return [
    ...onValues,
    ...addresses.flatMap((parameter) =>
      Array.from({ length: 6 * kindsEach }, () => ({ on: 'value', parameter, kind: 'lookalike' }) as const),
    ),
    ...signed.flatMap((parameter) =>
      Array.from({ length: kindsEach }, () => ({ on: 'assertion', parameter }) as const),
    ),
    ...target.attacked.map((parameter) => ({ on: random.pick(['absence', 'repetition'] as const), parameter })),
    ...attackedHeaders.map((header) => ({ on: 'header', header }) as const),
    ...(['name', 'name', 'path', 'path', 'contentType', 'nothing', 'nothing'] as const).map((on) => ({ on })),
  ]
}

function spoiled(target: Target, attack: Attack, random: Random, signAssertion: SignAssertion): FuzzCase {
  const good = target.good(random)
  const pairs = spoiledPairs(good, attack, random, signAssertion)
  // A second wrong place in one of six requests.
  if (random.chance(1 / 6)) replace(pairs, random.pick(target.attacked), random.pick(hostileKinds), good, random)
  const sent = pairs.map(([name, value]) => `${name}=${value}`).join(random.chance(0.95) ? '&' : '\n&')
  const path = attack.on === 'path' ? spoiledPath(good.path, random) : good.path
  return {
    name: `${target.name}, ${Object.values(attack).join(' ')}`,
    method: good.method,
    path: good.method === 'GET' ? `${path}?${asciiAddress(sent)}` : path,
    body: good.method === 'GET' ? undefined : sent,
    headers: spoiledHeaders(good.headers, attack, random),
    askedBy: askedBy(good, pairs),
  }
}

type Pairs = [name: EncodedValue, value: EncodedValue][]

function spoiledPairs(good: GoodRequest, attack: Attack, random: Random, signAssertion: SignAssertion): Pairs {
  const pairs: Pairs = Object.entries(good.parameters).map(([name, value]) => [encoded(name), encoded(value)])
  if (attack.on === 'assertion') {
    set(pairs, attack.parameter, encoded(signAssertion(wrongAssertion(random))))
    if (attack.parameter !== 'client_assertion') return pairs
    set(pairs, 'client_id', daemon.appId)
    set(pairs, 'client_assertion_type', encoded('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'))
  } else if (attack.on === 'value') {
    replace(pairs, attack.parameter, attack.kind, good, random)
  } else if (attack.on === 'absence') {
    return pairs.filter(([name]) => name !== encoded(attack.parameter))
  } else if (attack.on === 'repetition') {
    const value = encoded(good.parameters[attack.parameter] ?? '1')
    pairs.push([encoded(attack.parameter), value], [encoded(`${attack.parameter}[]`), value])
  } else if (attack.on === 'name') {
    pairs.push([hostileName(random), encoded('1')], [hostileName(random), '%3Cfuzz-95%3E'])
  }
  return pairs
}

function hostileName(random: Random): EncodedValue {
  const names = [
    ...prototypeNames,
    'a[]',
    'a[b][__proto__]',
    '__proto__[x]',
    'constructor.prototype.x',
    '<fuzz-94>',
    '',
  ]
  return random.chance(0.8) ? encoded(random.pick(names)) : random.pick(['%', '%ff', '%00', '%ED%A0%80'])
}

function replace(pairs: Pairs, parameter: string, kind: HostileKind, good: GoodRequest, random: Random): void {
  const place = good.method === 'GET' ? 'address' : 'body'
  const context = { random, valid: good.parameters[parameter], others: meaningful[parameter] ?? [], place } as const
  set(pairs, parameter, hostileValue(kind, context))
}

function set(pairs: Pairs, parameter: string, value: EncodedValue): void {
  const found = pairs.find(([name]) => name === encoded(parameter))
  if (found) found[1] = value
  else pairs.push([encoded(parameter), value])
}

const oddMembers: readonly unknown[] = [
  null,
  [],
  {},
  -1,
  1e300,
  -1e300,
  8.64e12 + 1,
  0,
  '',
  'constructor',
  '<fuzz-96>',
  [null],
  true,
]

/** Signed rightly, so that what follows the signature is met. */
function wrongAssertion(random: Random): NonNullable<Parameters<SignAssertion>[0]> {
  const claim = random.pick(['aud', 'iss', 'sub', 'jti', 'nbf', 'exp', 'nbf', 'exp', '__proto__', 'iat'])
  const member = random.pick(['alg', 'typ', 'x5t#S256', 'x5t', 'kid', 'crit', 'x5c'])
  const [one, other] = [random.pick(oddMembers), random.pick(oddMembers)]
  return random.chance(0.75)
    ? { claims: { [claim]: one, ...(random.chance(0.3) && { exp: other }) } }
    : { header: { [member]: one } }
}

/** An address holds no blanks, line breaks or anything beyond ASCII. */
function asciiAddress(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character))
}

function spoiledPath(path: string, random: Random): string {
  const [, first = '', ...rest] = path.split('/')
  const place = 'address'
  const value = hostileValue(random.pick(hostileKinds), {
    random,
    valid: first,
    others: meaningful.authority ?? [],
    place,
  })
  return `/${[asciiAddress(value).replace(/[?#]/g, ''), ...rest].join('/')}`
}

function spoiledHeaders(
  headers: GoodRequest['headers'],
  attack: Attack,
  random: Random,
): Readonly<Record<string, string>> {
  if (attack.on === 'contentType') {
    const types = [
      'application/json',
      'text/plain',
      'multipart/form-data',
      'constructor',
      '__proto__',
      ';',
      'a/b; charset=utf-16',
      '',
    ]
    return { ...headers, 'content-type': random.pick(types) }
  }
  if (attack.on !== 'header') return random.chance(0.1) ? { ...headers, host: 'login.microsoftonline.com' } : headers
  const value = hostileHeaderValue(random, headers[attack.header] ?? '1')
  if (attack.header === 'authorization')
    return { ...headers, authorization: `${random.pick(['Basic', 'Bearer', ''])} ${basicOf(value, random)}` }
  if (attack.header === 'host') {
    return {
      ...headers,
      host: random.pick([
        'login.microsoftonline.com',
        'microsoft.com',
        'evil.example',
        'localhost:1',
        '[::1]',
        value.replace(/[^\w.:<>"'-]/g, ''),
      ]),
    }
  }
  if (attack.header === 'cookie' && random.chance(0.7)) {
    return {
      ...headers,
      cookie: `${random.pick(['ESTSAUTH', 'ESTSAUTHPERSISTENT', 'esctx', '__proto__'])}=${value}; ${headers.cookie ?? ''}`,
    }
  }
  return { ...headers, [attack.header]: value }
}

function basicOf(value: string, random: Random): string {
  return random.chance(0.3)
    ? value
    : Buffer.from(`${random.pick([value, 'a%', ''])}${random.pick([':', '', '::'])}${value}`).toString('base64')
}

function askedBy(good: GoodRequest, pairs: Pairs): readonly FuzzedClient[] {
  if (good.client) return [good.client]
  const ids = new URLSearchParams(pairs.map((pair) => pair.join('=')).join('&')).getAll('client_id')
  return clients.filter(({ appId }) => ids.some((id) => id.trim().toLowerCase() === appId))
}
