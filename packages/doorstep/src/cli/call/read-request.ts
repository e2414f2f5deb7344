import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { messageOf, UsageError } from '../failure.ts'
import { parseJson } from '../local-https.ts'

/** A request as it was said on the command line. */
export interface SaidRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

/**
 * @param operands `[METHOD] URL`
 * @throws {UsageError} naming what is wrong
 */
export async function readRequest(
  operands: readonly string[],
  { data, header }: { readonly data: string | undefined; readonly header: readonly string[] },
): Promise<SaidRequest> {
  const { method, address } = methodAndAddress(operands)
  const url = addressOf(address)
  const body = data === undefined ? undefined : await bodyOf(data)
  const headers = headersOf(header)
  if (body !== undefined && headers['content-type'] === undefined) headers['content-type'] = contentTypeOf(body)
  const chosen = method ?? (body === undefined ? 'GET' : 'POST')
  if (body !== undefined && (chosen === 'GET' || chosen === 'HEAD'))
    throw new UsageError(`--data has no place in a ${chosen} request: say POST, PUT or PATCH before the address.`)
  return { method: chosen, url, headers, body }
}

function methodAndAddress([first = '', second]: readonly string[]): { method: string | undefined; address: string } {
  if (second === undefined) {
    if (/^[A-Za-z]+$/.test(first)) {
      throw new UsageError(
        `The address is missing: npx --no-install doorstep call ${first} https://graph.microsoft.com/v1.0/me`,
      )
    }
    return { method: undefined, address: first }
  }
  if (/^[A-Za-z]+$/.test(first)) return { method: first.toUpperCase(), address: second }
  throw new UsageError(`'${first}' is no method: write GET, POST, PUT, PATCH or DELETE before the address.`)
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const written = /^[\w-]+(\.[\w-]+)+(\/|$)/.test(text)
      ? `: write https://${text}`
      : ', such as https://graph.microsoft.com/v1.0/me'
    throw new UsageError(`'${text}' is no https address${written}`)
  }
  if (url.username || url.password) throw new UsageError('The address holds a user name or password: leave them out.')
  const isOwn = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'https:' || isOwn) return url
  throw new UsageError(
    `No token is sent to ${url.origin} without TLS, where others can read it: write https://${url.host}`,
  )
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(line) ?? []
    if (name === '') throw new UsageError(`--header takes 'Name: value', such as 'ConsistencyLevel: eventual'.`)
    if (name.toLowerCase() === 'authorization') {
      throw new UsageError('--header Authorization has no place here: call brings the token itself.')
    }
    headers[name.toLowerCase()] = value
  }
  return headers
}

async function bodyOf(data: string): Promise<Uint8Array> {
  if (!data.startsWith('@')) return Buffer.from(data)
  const path = data.slice(1)
  if (path === '-') return buffer(process.stdin)
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--data @${path} cannot be read (${error.code}).`, { cause: error })
  })
}

/** @throws {UsageError} when it begins as JSON and is none: the API would only say that it has no body it can read */
function contentTypeOf(body: Uint8Array): string {
  const text = Buffer.from(body).toString('utf8')
  if (parseJson(text) !== undefined) return 'application/json'
  if (!/^\s*[{[]/.test(text)) return 'text/plain; charset=utf-8'
  throw new UsageError(
    `--data looks like JSON and is none: ${jsonFault(text)}. Correct it, or say what it is: --header "Content-Type: text/plain"`,
  )
}

function jsonFault(text: string): string {
  try {
    JSON.parse(text)
    return 'it cannot be read'
  } catch (error) {
    return messageOf(error)
  }
}
