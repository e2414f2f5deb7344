import { createHash } from 'node:crypto'

/** The id under which a code, device code or refresh token is kept: its SHA-256 in base64url, never the text. */
export function opaqueTokenId(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** Whether a text has the form of what `newOpaqueToken` makes; Entra tells unknown ones from garbage by it. */
export function isOpaqueToken(text: string): boolean {
  return /^[01]\.A[\w-]{20,}\.[\w-]{20,}$/.test(text)
}
