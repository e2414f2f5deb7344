import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { inTurns } from './in-turns.ts'

/** 2^15 · 8 · 1: 32 MiB and some 65 ms a hash; the form of a hash names them, so they may rise later. */
const cost = { N: 2 ** 15, r: 8, p: 1 }
const saltBytes = 16
const hashBytes = 32

/**
 * scrypt (RFC 7914) for what people choose: passwords and imported secrets. At most `limit` run at once, the others
 * wait: scrypt shares its threads with the signatures of every token.
 */
export function slowHash(limit: number) {
  const run = inTurns(limit)
  const derive = (secret: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> =>
    run(
      () =>
        new Promise((resolve, reject) => {
          const options = { N, r, p, maxmem: 256 * N * r }
          scrypt(secret, salt, hashBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
        }),
    )
  return {
    /** `scrypt:<N>:<r>:<p>:<salt>:<hash>`, salt and hash in base64url. */
    async hash(secret: string): Promise<string> {
      const salt = randomBytes(saltBytes)
      const key = await derive(secret, salt, cost)
      return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join(':')
    },
    async matches(secret: string, hashed: string): Promise<boolean> {
      const [, N, r, p, salt, hash] = hashed.split(':')
      if (!salt || !hash) return false
      const expected = Buffer.from(hash, 'base64url')
      const given = await derive(secret, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}
