import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, StartOptions } from '../support/start-doorstep.ts'
import { skipWithoutPostgres, startPostgres } from '../support/start-postgres.ts'
import { type FuzzCase, fuzzCases } from './fuzz/cases.ts'
import { type FuzzedCloud, startFuzzedCloud, website } from './fuzz/cloud.ts'
import { readPageMarkup } from './fuzz/page-markup.ts'
import { type Prepared, prepare } from './fuzz/prepared.ts'
import { leaked, mayLeadTo, violations } from './fuzz/properties.ts'
import { targets } from './fuzz/targets.ts'
import { sendRaw } from './send-raw.ts'

/** One seed that never changes and one that does; DOORSTEP_FUZZ_SEED repeats a run that failed. */
const seeds = process.env.DOORSTEP_FUZZ_SEED?.split(',') ?? ['doorstep', randomBytes(6).toString('hex')]
/** Of the seventeen kinds of hostile values so many for each parameter and seed. */
const kindsEach = Number(process.env.DOORSTEP_FUZZ_KINDS ?? 2)
const atOnce = 8
const memoryGrowthInMebibytes = 250

/** Whole, with what repeats itself written once: `{{a × 9000}}`. */
const shown = (text: string) =>
  text.replace(/(.{1,16}?)\1{15,}/gsu, (all, piece: string) => `{{${piece} × ${all.length / piece.length}}}`)

function report(seed: string, found: readonly string[], asked: FuzzCase, answer: string): string {
  const { name, method, path, headers, body } = asked
  return [
    `${name}: ${found.join('; ')}`,
    `${method} ${shown(path)}`,
    ...Object.entries(headers).map((header) => shown(header.join(': '))),
    ...(body === undefined ? [] : ['', shown(body)]),
    `→ ${shown(answer)}`,
    `Again: DOORSTEP_FUZZ_SEED=${seed} DOORSTEP_FUZZ_KINDS=${kindsEach}`,
  ].join('\n')
}

interface Run {
  readonly reports: readonly string[]
  /** How often each kind of answer came, so that a run which was refused at the door is noticed. */
  readonly answers: ReadonlyMap<string, number>
}

async function run(seed: string, cloud: FuzzedCloud, prepared: Prepared): Promise<Run> {
  const around = { origin: new URL(cloud.doorstep.url).origin, secrets: prepared.secrets }
  const waiting = [...fuzzCases(seed, targets(cloud, prepared), cloud.signAssertion, kindsEach)].reverse()
  const reports: string[] = []
  const answers = new Map<string, number>()
  const agent = new Agent({ ca: cloud.doorstep.ca, keepAlive: true, maxSockets: atOnce })
  const work = async () => {
    for (let asked = waiting.pop(); asked; asked = waiting.pop()) {
      try {
        const { method, path, headers, body } = asked
        const answer = await sendRaw(cloud.doorstep, {
          method,
          path,
          headers,
          agent,
          ...(body !== undefined && { body }),
        })
        const found = violations(asked, answer, around)
        const head = `${answer.status} ${JSON.stringify(answer.headers)}\n${answer.text}`
        if (found.length > 0) reports.push(report(seed, found, asked, head))
        answers.set(kindOf(answer), (answers.get(kindOf(answer)) ?? 0) + 1)
      } catch (error) {
        reports.push(report(seed, ['no answer'], asked, String(error)))
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work)).finally(() => agent.destroy())
  return { reports, answers }
}

function kindOf({ status, headers, text, body }: Answer): string {
  if (headers.location !== undefined) return /[?#&]code=/.test(String(headers.location)) ? 'a code' : 'a redirect'
  if (body?.access_token) return 'a token'
  if (body?.user_code) return 'a device code'
  if (body?.error) return 'a refusal'
  const [, step] = /name="step" value="(\w+)"/.exec(text) ?? []
  return step ? `the page ${step}` : `${status}`
}

/** What a run comes across when its requests get past the first checks. */
const met = ['a code', 'a redirect', 'a token', 'a device code', 'a refusal', 'the page userName', 'the page password']

function residentMebibytes({ doorstep }: FuzzedCloud): number {
  if (process.platform !== 'linux') return 0
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${doorstep.process.pid}/status`, 'utf8'))?.[1]) / 1024
}

interface Place {
  readonly options: Pick<StartOptions, 'arguments' | 'environment'>
  stop(): Promise<void>
}

const sqlite = async (): Promise<Place> => ({ options: {}, stop: async () => {} })

async function postgres(): Promise<Place> {
  const { url, stop } = await startPostgres()
  const environment = { DOORSTEP_MASTER_KEY: randomBytes(32).toString('base64') }
  return { options: { arguments: ['--database', url], environment }, stop }
}

describe.each([
  { name: 'SQLite', start: sqlite, seeds, isSkipped: false },
  // Where other things are refused, such as NUL, and where requests overtake one another.
  { name: 'PostgreSQL', start: postgres, seeds: seeds.slice(-1), isSkipped: skipWithoutPostgres() },
])('hostile parameters, kept in $name,', ({ start, seeds: ownSeeds, isSkipped }) => {
  let place: Place
  let cloud: FuzzedCloud
  let prepared: Prepared

  beforeAll(async () => {
    if (isSkipped) return
    place = await start()
    cloud = await startFuzzedCloud(place.options)
    prepared = await prepare(cloud)
  })
  afterAll(async () => {
    await cloud?.doorstep.stop()
    await place?.stop()
  })

  it.skipIf(isSkipped).each(ownSeeds)('do no harm, with the seed %s', async (seed) => {
    const before = residentMebibytes(cloud)
    const { reports, answers } = await run(seed, cloud, prepared)
    expect(reports.length, `${reports.length} requests:\n\n${reports.slice(0, 5).join('\n\n')}`).toBe(0)
    expect([...answers.keys()]).toEqual(expect.arrayContaining(met))
    expect(residentMebibytes(cloud) - before).toBeLessThan(memoryGrowthInMebibytes)
  })

  it.skipIf(isSkipped)('leave the process as it was, with nothing secret and no fault in what it printed', async () => {
    expect(cloud.doorstep.process.exitCode).toBeNull()
    expect(await cloud.doorstep.graph.request('GET', '/v1.0/organization')).toMatchObject({ status: 200 })
    expect(leaked(cloud.printed(), prepared.secrets)).toEqual([])
    expect(cloud.printed()).toBe('')
  })
})

describe('the checks', () => {
  const names = (html: string) => readPageMarkup(html).elements.map(({ name }) => name)

  it('see every element and attribute that markup makes', () => {
    expect(names('<p>a < b <fuzz-1>c</p>')).toEqual(['p', 'fuzz-1'])
    expect(names('<p title="&quot;><fuzz-1>">&lt;fuzz-2&gt;</p>')).toEqual(['p'])
    expect(names('<title><b></title><fuzz-3 ')).toEqual(['title', 'fuzz-3 '])
    const [input] = readPageMarkup(`<input value="" fuzzattr='1' x>`).elements
    expect([...(input?.attributes.keys() ?? [])]).toEqual(['value', 'fuzzattr', 'x'])
  })

  it.each([
    ['https://web.fuzz.example/signin?code=1#', true],
    ['http://localhost:1/?code=1', true],
    ['https://web.fuzz.example/query?a=b&code=1', true],
    ['https://web.fuzz.example/query?code=1', false],
    ['https://web.fuzz.example/signin/x', false],
    ['https://web.fuzz.example.evil.example/signin', false],
    ['https://web.fuzz.example@evil.example/signin', false],
    ['http://localhost\\@evil.example/', false],
    ['//evil.example', false],
    ['javascript:fuzz()', false],
  ])('know where an answer may lead: %s', (address, isRight) => {
    const origin = 'https://localhost:8443'
    expect(mayLeadTo(address, { askedBy: [website], headers: {} }, { origin })).toBe(isRight)
  })
})
