import { CredentialOptionError } from '../errors.ts'
import type { ProviderMetadata } from './provider-metadata.ts'

/** Who asks, in a token request: parameters of its body, or its `Authorization` header. */
export interface SecretProof {
  readonly form: Readonly<Record<string, string>>
  readonly authorization?: string
}

/**
 * How an application with a secret proves itself to a provider: in the body where the provider takes that, else by HTTP
 * Basic, RFC 6749 §2.3.1.
 * @throws {CredentialOptionError} `clientSecret`, when the provider takes neither
 */
export function clientSecretProof(
  clientId: string,
  clientSecret: string,
  { issuer, tokenEndpointAuthMethods }: Pick<ProviderMetadata, 'issuer' | 'tokenEndpointAuthMethods'>,
): SecretProof {
  if (tokenEndpointAuthMethods.includes('client_secret_post')) {
    return { form: { client_id: clientId, client_secret: clientSecret } }
  }
  if (tokenEndpointAuthMethods.includes('client_secret_basic')) {
    const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`
    return { form: {}, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
  }
  throw new CredentialOptionError(
    'clientSecret',
    `clientSecret is of no use at ${issuer}, which takes ${tokenEndpointAuthMethods.join(', ') || 'no way'} from clients that prove themselves: register the application there for client_secret_basic or client_secret_post, or leave the secret out.`,
  )
}

/** RFC 6749 Appendix B: as in a form, so that a colon or a letter beyond ASCII does no harm. */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}
