import { randomBytes } from 'node:crypto'

const firstPartBytes = 57
const secondPartBytes = 150

/**
 * A fresh authorization code, device code or refresh token: random, in the look of Entra's (`1.A….…`), which clients
 * pass on and never read.
 */
export function newOpaqueToken(): string {
  const random = randomBytes(firstPartBytes + secondPartBytes)
  return `1.A${random.toString('base64url', 0, firstPartBytes)}.${random.toString('base64url', firstPartBytes)}`
}
