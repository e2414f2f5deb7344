import { X509Certificate } from 'node:crypto'
import { type Authority, issuerOf } from '../protocol/authority.ts'

/** A published key (RFC 7517), with Entra's additions; `alg` is absent there too. */
export interface PublishedKey {
  readonly kty: 'RSA'
  readonly use: 'sig'
  readonly kid: string
  readonly x5t: string
  readonly n: string
  readonly e: string
  readonly x5c: readonly [string]
  readonly cloud_instance_name: 'microsoftonline.com'
  readonly issuer?: string
}

/**
 * The key set of a keys endpoint. v2.0 keys name their issuer, `{tenantid}` standing for any tenant; v1.0 keys do not.
 * `certificates` are DER in standard base64, by key id.
 */
export function publishedKeys(
  certificates: ReadonlyMap<string, string>,
  issuer?: { readonly authority: Authority; readonly tenantId: string },
): { keys: PublishedKey[] } {
  const keys = [...certificates].map(([keyId, certificate]): PublishedKey => {
    const { n = '', e = '' } = new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.export({
      format: 'jwk',
    })
    return {
      kty: 'RSA',
      use: 'sig',
      kid: keyId,
      x5t: keyId,
      n,
      e,
      x5c: [certificate],
      cloud_instance_name: 'microsoftonline.com',
      ...(issuer && { issuer: issuerOf(issuer.authority, issuer.tenantId, 'v2') }),
    }
  })
  return { keys }
}
