import { connect } from 'node:tls'
import { UnreachableError } from '../failure.ts'
import { type OutboundRoute, sendOutbound } from '../outbound-https.ts'
import { type Finding, note, ok, problem, warning } from './finding.ts'

const patienceMilliseconds = 5_000
const tolerableSkewSeconds = 60
/** Beyond it Entra and most APIs refuse what a machine signs or shows. */
const largestSkewSeconds = 300

/** The authority whose tokens are wanted, and how it is reached. */
export interface CheckedAuthority {
  readonly authorityHost: string
  readonly route: OutboundRoute
  /** How far its clock is ahead of the real time on purpose: that of a local cloud can be moved. */
  readonly movedSeconds: number
}

/** Whether the authority answers, and how its clock and this machine's differ. */
export async function checkAuthority({ authorityHost, route, movedSeconds }: CheckedAuthority): Promise<Finding[]> {
  const url = new URL('/common/v2.0/.well-known/openid-configuration', authorityHost)
  const started = Date.now()
  const request = {
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    timeoutMilliseconds: patienceMilliseconds,
    wholeTimeoutMilliseconds: patienceMilliseconds,
  }
  try {
    const answer = await sendOutbound(request, route)
    const milliseconds = Date.now() - started
    const reached =
      answer.status === 200
        ? ok('authority', `${authorityHost} answers, in ${milliseconds} ms.`)
        : problem(
            'authority',
            `${authorityHost} answers ${answer.status}, where it gives its metadata with 200.`,
            'Look whether a proxy answers in its place: npx --no-install doorstep doctor --json says by which it was asked.',
          )
    return [reached, checkClock(answer.headers.date, started + milliseconds / 2, movedSeconds)]
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error
    return [await unreached(error, authorityHost, route)]
  }
}

function checkClock(date: string | undefined, now: number, movedSeconds: number): Finding {
  if (movedSeconds !== 0) {
    const detail = `The clock of the local cloud is moved by ${movedSeconds} s on purpose: outside of \`doorstep run\` its tokens seem older or younger than they are.`
    return warning(
      'clock',
      detail,
      'Put it back with: npx --no-install doorstep clock reset - or go on inside `doorstep run`.',
    )
  }
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) return note('clock', 'The authority does not say what time it is.')
  // The header counts in whole seconds.
  const skew = Math.round((now - theirs - 500) / 1000)
  const seconds = Math.abs(skew)
  if (seconds <= tolerableSkewSeconds) return ok('clock', 'This machine’s clock agrees with the authority’s.')
  const detail = `This machine’s clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the authority’s.`
  const fix =
    'Set the clock, best by network time: timedatectl set-ntp true (Linux), sntp -sS time.apple.com (macOS), w32tm /resync (Windows).'
  return seconds > largestSkewSeconds ? problem('clock', detail, fix) : warning('clock', detail, fix)
}

async function unreached(error: UnreachableError, authorityHost: string, route: OutboundRoute): Promise<Finding> {
  const code = error.cause instanceof Error ? String(Reflect.get(error.cause, 'code') ?? '') : ''
  if (!/CERT|ISSUER|SIGNATURE|SELF_SIGNED/.test(code)) {
    const fix = route.upstream
      ? 'Look at HTTPS_PROXY and NO_PROXY, and whether the proxy lets this host through.'
      : 'Look at the network: where a proxy is needed, set HTTPS_PROXY=http://proxy.example:8080'
    return problem('authority', error.message, fix)
  }
  const issuer = await issuerAt(authorityHost)
  const by = issuer === undefined ? '' : ` It shows a certificate by '${issuer}', as a proxy does that reads along.`
  const fix = 'Where that is your company’s proxy, name its root: NODE_EXTRA_CA_CERTS=/path/to/company-root.pem'
  return problem('authority', `${authorityHost} is not trusted (${code}).${by}`, fix)
}

/** Who signed what the host shows. Nothing is sent over this connection, which trusts anybody. */
function issuerAt(authorityHost: string): Promise<string | undefined> {
  const { hostname, port } = new URL(authorityHost)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: Number(port || 443),
      servername: hostname,
      rejectUnauthorized: false,
    })
    const end = (issuer: string | undefined) => {
      socket.destroy()
      resolve(issuer)
    }
    socket.setTimeout(patienceMilliseconds, () => end(undefined))
    socket.once('error', () => end(undefined))
    socket.once('secureConnect', () => {
      const { O, CN } = socket.getPeerCertificate().issuer ?? {}
      end([O, CN].flat().find((name) => name !== undefined))
    })
  })
}
