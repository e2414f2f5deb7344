import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDoorstep, startDoorstep } from '../support/start-doorstep.ts'
import { type PrivatePostgres, skipWithoutPostgres, startPostgres } from '../support/start-postgres.ts'

const seed = 20_300_102
const attempts = 400

/** Numbers from 0 to 1, the same in every run (Park and Miller's generator). */
function random(): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const words = [
  ...[
    'displayName',
    'accountEnabled',
    'createdDateTime',
    'mail',
    'id',
    'proxyAddresses',
    'status/errorCode',
    'x',
    '$count',
  ],
  ...['eq', 'ne', 'ge', 'in', 'and', 'or', 'not', 'any', 'startswith', 'endswith', 'contains', 'true', 'null', 'EQ'],
  ...["'a'", "'O''Neil'", "'", "'%'", "'\\'", '1', '-1.5', '9'.repeat(40), '2030-01-01', '2030-99-99T99:99:99Z'],
  ...['0a123b56-c987-1234-abcd-1a2b3c4d5e6f', '(', ')', ',', ':', '/', '"', ';', '--', '💡', '\t', '&', '#', '+'],
]
const wellFormed = [
  "displayName eq 'a'",
  "startswith(mail,'a')",
  "proxyAddresses/any(p:p eq 'a')",
  'accountEnabled eq true',
  "id in ('a','b')",
  'createdDateTime ge 2030-01-01T00:00:00Z',
]

async function answersOrRefuses(doorstep: RunningDoorstep): Promise<void> {
  const next = random()
  const pick = (from: readonly string[]) => from[Math.floor(next() * from.length)] ?? ''
  const sentence = () => {
    const parts = Array.from({ length: 1 + Math.floor(next() * 8) }, () =>
      next() < 0.2 ? pick(wellFormed) : pick(words),
    )
    return parts.join(next() < 0.8 ? ' ' : '')
  }
  const broken = () => {
    const text = pick(wellFormed)
    const at = Math.floor(next() * text.length)
    return next() < 0.5 ? text.slice(0, at) + text.slice(at + 1) : text.slice(0, at) + pick(words) + text.slice(at)
  }
  const seen = new Map<number, number>()
  const headers = { ConsistencyLevel: 'eventual' }
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const option = pick(['$filter', '$filter', '$filter', '$orderby', '$search', '$expand', '$skiptoken', '$select'])
    const text = next() < 0.5 ? sentence() : broken()
    const collection = pick(['users', 'applications', 'groups', 'servicePrincipals'])
    const path = `/v1.0/${collection}?$count=true&${option}=${encodeURIComponent(text)}`
    const { status, body } = await doorstep.graph.request('GET', path, undefined, headers)
    expect([200, 400], `${path} was answered ${status}`).toContain(status)
    if (status === 400) expect(body.error.code, path).toMatch(/^(?:BadRequest|Request_\w+)$/)
    seen.set(status, (seen.get(status) ?? 0) + 1)
  }
  expect([...seen.keys()].sort()).toEqual([200, 400])
}

const claim = 'any text in $filter, $orderby, $search or $expand is answered or refused with 400, never a fault'

describe('on SQLite', () => {
  let doorstep: RunningDoorstep
  beforeAll(async () => {
    doorstep = await startDoorstep()
  })
  afterAll(() => doorstep?.stop())
  it(claim, () => answersOrRefuses(doorstep))
})

describe.skipIf(skipWithoutPostgres())('on PostgreSQL', () => {
  let postgres: PrivatePostgres
  let doorstep: RunningDoorstep
  beforeAll(async () => {
    postgres = await startPostgres()
    const environment = { DOORSTEP_MASTER_KEY: randomBytes(32).toString('base64') }
    doorstep = await startDoorstep({ arguments: ['--database', postgres.url], environment })
  })
  afterAll(async () => {
    await doorstep?.stop()
    await postgres?.stop()
  })
  it(claim, () => answersOrRefuses(doorstep))
})
