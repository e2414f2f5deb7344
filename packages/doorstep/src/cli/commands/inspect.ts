import { dataDirectory, dataFolderInUse } from '../../data-folder.ts'
import { type CommandIO, command, dataOption, flag, jsonOption } from '../command.ts'
import { askControl, type LocalCloud, readLocalCloud } from '../control-client.ts'
import { describeOffset } from '../duration-text.ts'
import { UnreachableError, UsageError } from '../failure.ts'
import { checkSignature } from '../inspect/check-signature.ts'
import { type DecodedToken, decodeToken } from '../inspect/decode-token.ts'
import { describeFindings } from '../inspect/describe-findings.ts'
import { type FoundToken, findToken } from '../inspect/find-token.ts'
import { type Finding, finding } from '../inspect/finding.ts'
import { localPublisher, realPublisher } from '../inspect/key-publishers.ts'
import {
  type Clock,
  checkAlgorithm,
  checkAudience,
  checkForm,
  checkIssuer,
  checkTenant,
  checkTimes,
  checkVersion,
} from '../inspect/offline-checks.ts'
import { tokenFacts } from '../inspect/token-facts.ts'
import { opaqueKind, type TokenKind, tokenKind } from '../inspect/token-kind.ts'
import { transportThroughProxy } from '../outbound-https.ts'
import { readPaste } from '../paste.ts'

export const inspect = command({
  summary: 'decode a token and check it',
  description: [
    'Reads a token alone, "Bearer …", a header line, the JSON of a token answer, an address with #access_token or the line of `token --format env`, and gives a verdict for every check. Signature and clock: those of the local cloud, if it signed the token.',
    'A token on the command line is visible to others on this machine: pipe it in, or run `doorstep inspect` and paste it.',
    'Exit code 1 says that a check failed. Neither the signature nor the whole token is ever printed.',
  ].join('\n'),
  arguments: [{ form: '[token]', help: 'the token; - or nothing: standard input' }],
  options: {
    online: flag('ask Microsoft for the keys of a token that the local cloud did not sign'),
    data: dataOption,
    json: jsonOption,
  },
  examples: [
    'doorstep token --scope https://graph.microsoft.com/.default | doorstep inspect -',
    'doorstep inspect < token-answer.json',
    'doorstep inspect --json - < token.txt',
    'doorstep inspect --online -',
  ],
  async run({ online, data, json }, io, [operand]) {
    const isPiped = operand === undefined || operand === '-'
    const pasted = isPiped ? await readPaste(io, (text) => findToken(text) !== undefined) : operand
    const found = findToken(pasted)
    if (!found) throw noToken(pasted)
    const decoded = decodeToken(found.token)
    const inspection =
      typeof decoded === 'string'
        ? inspectOpaque(found, decoded)
        : await inspectToken(decoded, online, await runningCloud(dataDirectory(data, io.environment)), io)
    const findings = [...sourceOf(found), ...inspection.findings]
    if (json) io.terminal.printJson({ kind: inspection.kind, ...claimsOf(decoded), ...byVerdict(findings) })
    else for (const line of describeFindings(findings, io.terminal)) io.terminal.print(line)
    return findings.some(({ verdict }) => verdict === 'failed') ? 1 : 0
  },
})

interface Inspection {
  readonly kind: string
  readonly findings: readonly Finding[]
}

function noToken(pasted: string): UsageError {
  const what = pasted.trim() === '' ? 'Nothing was given' : 'There is no token in this'
  return new UsageError(
    `${what}. Give a token, "Bearer …", the JSON of a token answer or an address with #access_token: npx --no-install doorstep token | npx --no-install doorstep inspect -`,
  )
}

function sourceOf({ source, others }: FoundToken): Finding[] {
  if (source === 'the token alone') return []
  return [finding('taken from', 'info', others.length > 0 ? `${source}, beside ${others.join(', ')}` : source)]
}

/** What is no JWT: refresh tokens and codes are for Entra alone to read. */
function inspectOpaque({ token, source }: FoundToken, why: string): Inspection {
  const kind = source.startsWith('refresh') ? 'a refresh token' : opaqueKind(token)
  if (!kind) return { kind: 'unknown', findings: [finding('form', 'failed', why)] }
  const says = kind.includes('secret')
    ? 'a client secret, it seems, and no token: who sees it can act as the application'
    : `${kind}: opaque, only the token endpoint that issued it can read it; not for an API`
  return { kind, findings: [finding('form', 'not checked', says)] }
}

async function inspectToken(
  token: DecodedToken,
  online: boolean,
  cloud: LocalCloud | undefined,
  { environment }: CommandIO,
): Promise<Inspection> {
  const kind = tokenKind(token.claims)
  const local = cloud && localPublisher(cloud)
  const real: typeof realPublisher = (issuer, authority) =>
    realPublisher(issuer, authority, transportThroughProxy(environment))
  const signature = await checkSignature(token, kind, { local, online, real })
  const clock = signature.isLocal && cloud ? await clockOf(cloud) : machineClock()
  return { kind, findings: findingsOf(token, kind, signature.finding, clock, cloud?.instance.url) }
}

function findingsOf(
  token: DecodedToken,
  kind: TokenKind,
  signature: Finding,
  clock: Clock,
  localOrigin: string | undefined,
): Finding[] {
  const { claims } = token
  const checks = [
    checkForm(token),
    checkAlgorithm(token, kind),
    signature,
    checkTimes(claims, clock),
    checkIssuer(claims, kind, localOrigin),
    checkTenant(claims, kind),
    checkVersion(claims, kind),
    checkAudience(claims, kind),
  ]
  return [...checks.filter((check) => check !== undefined), ...tokenFacts(claims, kind)]
}

/** The local cloud of the data folder while it runs; inspecting works without one too. */
async function runningCloud(folder: string): Promise<LocalCloud | undefined> {
  return (await dataFolderInUse(folder)) ? readLocalCloud(folder) : undefined
}

const machineClock = (): Clock => ({ now: Date.now(), name: 'the clock of this machine' })

async function clockOf(cloud: LocalCloud): Promise<Clock> {
  const reading = await askControl(cloud, 'GET', '/clock').catch((error: unknown) => {
    if (error instanceof UnreachableError) return undefined
    throw error
  })
  if (!reading) return machineClock()
  const offset = Number(reading.offsetSeconds)
  const ahead = offset === 0 ? '' : `, ${describeOffset(offset)}`
  return { now: Date.parse(String(reading.now)), name: `the clock of the local cloud${ahead}` }
}

function claimsOf(decoded: DecodedToken | string): CommandJson {
  return typeof decoded === 'string' ? {} : { header: decoded.header, claims: decoded.claims }
}

type CommandJson = Readonly<Record<string, unknown>>

function byVerdict(findings: readonly Finding[]): CommandJson {
  const facts = findings.filter(({ verdict }) => verdict === 'info').map(({ name, says }) => [name, says])
  return { checks: findings.filter(({ verdict }) => verdict !== 'info'), facts: Object.fromEntries(facts) }
}
