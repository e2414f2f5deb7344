/** A key that signs tokens, as it is kept. */
export interface StoredSigningKey {
  /** base64url SHA-1 of the DER certificate; `kid` and `x5t`. */
  readonly keyId: string
  /** DER certificate in standard base64: the only entry of `x5c`. */
  readonly certificate: string
  /** PKCS #8 private key, sealed with the master key. */
  readonly sealedPrivateKey: string
  /** ISO 8601. */
  readonly createdDateTime: string
}

export interface SigningKeyStore {
  /** Every key, oldest first: the first one signs, the others are published for what comes next. */
  list(): Promise<readonly StoredSigningKey[]>
}

/** What is written when a key is made. */
export type SigningKeyChange = { readonly change: 'addSigningKey'; readonly key: StoredSigningKey }
