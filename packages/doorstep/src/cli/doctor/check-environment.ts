import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type UpstreamSettings, upstreamFor } from '../../interceptor/upstream-proxy.ts'
import type { CommandIO } from '../command.ts'
import { messageOf } from '../failure.ts'
import { type Finding, note, ok, problem, warning } from './finding.ts'

type Environment = CommandIO['environment']

const oldestNode = [20, 19] as const

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const isNewEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  if (isNewEnough) return ok('node', `Node ${version}.`)
  return problem('node', `Node ${version} is too old.`, `Install Node ${oldestNode.join('.')} or newer.`)
}

/** Whether this command is inside `doorstep run`. */
export function checkRun({ DOORSTEP_INTERCEPT, DOORSTEP_DATA }: Environment): Finding {
  if (!DOORSTEP_INTERCEPT) return ok('run', 'Outside of `doorstep run`: the real names lead to the real hosts.')
  return note('run', `Inside \`doorstep run\`: the real names lead to the local cloud of ${DOORSTEP_DATA ?? '?'}.`)
}

/** The proxy that `login`, `token` and `call` take to hosts other than this machine. */
export function checkProxy(environment: Environment, upstream: UpstreamSettings | undefined): Finding {
  if (environment.DOORSTEP_INTERCEPT) return ok('proxy', 'That of `doorstep run`.')
  if (upstream === undefined) {
    const plain = environment.HTTP_PROXY || environment.http_proxy
    if (!plain) return ok('proxy', 'No proxy is set.')
    const fix = 'Set HTTPS_PROXY to the same address, if this network needs a proxy.'
    return warning('proxy', 'HTTP_PROXY is set and HTTPS_PROXY is not: https goes without the proxy.', fix)
  }
  try {
    const proxy = upstreamFor({ host: 'login.microsoftonline.com', port: 443 }, upstream)
    if (proxy === undefined) return ok('proxy', 'HTTPS_PROXY is set, and NO_PROXY exempts login.microsoftonline.com.')
    return ok('proxy', `https goes through the proxy ${proxy.host}:${proxy.port} (HTTPS_PROXY).`)
  } catch (error) {
    return problem('proxy', messageOf(error), 'Write it as HTTPS_PROXY=http://proxy.example:8080')
  }
}

/** What Node trusts beside its own roots. */
export async function checkTrust(environment: Environment): Promise<Finding> {
  const { NODE_TLS_REJECT_UNAUTHORIZED, NODE_EXTRA_CA_CERTS: path } = environment
  if (NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    const detail =
      'NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked, and anybody on the way can take tokens.'
    return problem('certificates', detail, 'Unset it, and name the missing root in NODE_EXTRA_CA_CERTS instead.')
  }
  if (!path) return ok('certificates', 'Node’s own roots are trusted (NODE_EXTRA_CA_CERTS is not set).')
  const fix =
    'Name a PEM file with the roots in NODE_EXTRA_CA_CERTS, or unset it. Node says nothing when it cannot read it.'
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error)
  if (text instanceof Error)
    return problem('certificates', `NODE_EXTRA_CA_CERTS names ${path}, which cannot be read (${text.code}).`, fix)
  const count = certificatesIn(text)
  if (count === 0)
    return problem('certificates', `NODE_EXTRA_CA_CERTS names ${path}, which holds no PEM certificate.`, fix)
  return ok('certificates', `Node trusts ${count} more ${count === 1 ? 'root' : 'roots'} from ${path}.`)
}

function certificatesIn(text: string): number {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  return blocks.filter((pem) => {
    try {
      return new X509Certificate(pem).serialNumber !== ''
    } catch {
      return false
    }
  }).length
}
