import { randomFillSync } from 'node:crypto'
import type { OpaqueValues } from '../protocol/claims/access-token.ts'

const pool = Buffer.allocUnsafe(8192)
let used = pool.length

/** `length` random bytes in base64url, cut from a pool that is filled 8 kB at a time. */
function randomText(length: number): string {
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += length
  return pool.toString('base64url', used - length, used)
}

/** What a token carries that means nothing to its reader; only `uti` must be unique. */
export function opaqueValues(): OpaqueValues {
  return {
    uti: randomText(16),
    aio: randomText(33),
    rh: `1.A${randomText(30)}.`,
    xms_ftd: randomText(33),
  }
}
