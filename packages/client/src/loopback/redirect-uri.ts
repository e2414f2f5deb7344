import { CredentialOptionError } from '../errors.ts'

/** A redirect URI of this machine, RFC 8252 §7.3. */
export interface LoopbackRedirectUri {
  /** As it was given. */
  readonly text: string
  /** What to listen on: loopback addresses alone. */
  readonly addresses: readonly string[]
  /** 0 for any free one. */
  readonly port: number
  /** Path of the answer, `/` at least. */
  readonly path: string
  /** The URI with the port that is listened on, letter for letter as registered otherwise. */
  at(port: number): string
}

const LOOPBACK = /^(http:\/\/)(localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?(\/[^\s?#]*)?$/i

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  // A browser may take either for localhost: whoever held the other one would get the answer.
  localhost: ['127.0.0.1', '::1'],
  '127.0.0.1': ['127.0.0.1'],
  '[::1]': ['::1'],
}

/**
 * @param option one URI or several in order of preference. Without a port any free one is taken: Entra compares
 *   `http://localhost` without it.
 * @throws {CredentialOptionError} when one is no plain `http` address of this machine
 */
export function loopbackRedirectUris(option: string | readonly string[]): readonly LoopbackRedirectUri[] {
  const uris: readonly unknown[] = [option].flat()
  if (uris.length === 0) throw new CredentialOptionError('redirectUri', `redirectUri is an empty list: ${FIX}.`)
  return uris.map(parseRedirectUri)
}

const FIX =
  'write one that is registered for the application as http://localhost:53000, or http://localhost for any free port'

function parseRedirectUri(text: unknown): LoopbackRedirectUri {
  const parts = typeof text === 'string' ? LOOPBACK.exec(text) : null
  if (parts === null || typeof text !== 'string') {
    throw new CredentialOptionError(
      'redirectUri',
      `redirectUri '${String(text)}' is not an http address of this machine without query: ${FIX}.`,
    )
  }
  const [, scheme = '', host = '', digits, path = ''] = parts
  const port = Number(digits ?? 0)
  if (port > 65_535 || (digits !== undefined && port === 0)) {
    throw new CredentialOptionError('redirectUri', `redirectUri '${text}' has no port from 1 to 65535: ${FIX}.`)
  }
  return {
    text,
    addresses: ADDRESSES[host.toLowerCase()] ?? [],
    port,
    path: path || '/',
    at: (listening) => (digits === undefined ? `${scheme}${host}:${listening}${path}` : text),
  }
}
