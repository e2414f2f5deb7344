import { randomFillSync } from 'node:crypto'
import type { OpaqueValues } from '../protocol/claims/access-token.ts'

const pool = Buffer.allocUnsafe(8192)
let used = pool.length

/** Characters of base64url for all opaque values of one token. */
const lengths = { uti: 22, aio: 44, rh: 40, xms_ftd: 44 }
const bytesForOne = Math.ceil(((lengths.uti + lengths.aio + lengths.rh + lengths.xms_ftd) * 3) / 4)

/** Random base64url characters, cut from a pool that is filled 8 kB at a time. */
function randomCharacters(): string {
  if (used + bytesForOne > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytesForOne
  return pool.toString('base64url', used - bytesForOne, used)
}

/** What a token carries that means nothing to its reader; only `uti` must be unique. */
export function opaqueValues(): OpaqueValues {
  const characters = randomCharacters()
  const aio = lengths.uti
  const rh = aio + lengths.aio
  const ftd = rh + lengths.rh
  return {
    uti: characters.slice(0, aio),
    aio: characters.slice(aio, rh),
    rh: `1.A${characters.slice(rh, ftd)}.`,
    xms_ftd: characters.slice(ftd, ftd + lengths.xms_ftd),
  }
}
