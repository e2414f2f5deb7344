import { type KeyObject, sign } from 'node:crypto'
import type { AccessToken, Claims } from '../protocol/claims/access-token.ts'

/** A key that is ready to sign. */
export interface SigningKey {
  readonly keyId: string
  readonly privateKey: KeyObject
}

/** Turns claims into a signed token (RS256, JWS compact form, RFC 7515). */
export interface TokenIssuer {
  sign(token: Pick<AccessToken, 'version' | 'claims'>): Promise<string>
}

const encoded = (value: Claims): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** v1.0 tokens name their key twice, `x5t` before `kid`; v2.0 tokens have no `x5t`. */
function headers(keyId: string) {
  return {
    v1: encoded({ typ: 'JWT', alg: 'RS256', x5t: keyId, kid: keyId }),
    v2: encoded({ typ: 'JWT', alg: 'RS256', kid: keyId }),
  }
}

/** Signs in the thread pool with the key that is current at each call, so that one process feeds every core. */
export function tokenIssuer(currentKey: () => SigningKey): TokenIssuer {
  let headersOf = ''
  let header = headers('')
  return {
    sign({ version, claims }) {
      const { keyId, privateKey } = currentKey()
      if (keyId !== headersOf) {
        header = headers(keyId)
        headersOf = keyId
      }
      const signed = `${header[version]}.${encoded(claims)}`
      return new Promise((resolve, reject) => {
        sign('sha256', Buffer.from(signed, 'latin1'), privateKey, (error, signature) => {
          if (error) reject(error)
          else resolve(`${signed}.${signature.toString('base64url')}`)
        })
      })
    },
  }
}
