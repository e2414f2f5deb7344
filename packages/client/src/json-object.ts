export type JsonObject = Record<string, unknown>

/** The JSON object that the text is, else `undefined`. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The JSON object that is written in base64url, as in the parts of a JWT, else `undefined`. */
export function decodedJsonObject(base64url: string): JsonObject | undefined {
  return parseJsonObject(Buffer.from(base64url, 'base64url').toString('utf8'))
}

/** The claims of a JWT, nothing in it checked. Its other parts may be empty: v1.0 token endpoints do not sign theirs. */
export function unverifiedClaims(jwt: string): JsonObject | undefined {
  return decodedJsonObject(jwt.split('.')[1] ?? '')
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
