import { describe, expect, it } from 'vitest'
import { readCache } from './read-cache.ts'

/** A database that answers when it is told to, and counts its questions. */
function slowDatabase(values: Map<string, string>) {
  const waiting: (() => void)[] = []
  let questions = 0
  return {
    questions: () => questions,
    answerAll: () => {
      for (const answer of waiting.splice(0)) answer()
    },
    read: (key: string) => {
      questions += 1
      const value = values.get(key)
      return new Promise<string | undefined>((resolve) => waiting.push(() => resolve(value)))
    },
  }
}

function usedCache(limit?: number) {
  const cache = readCache(limit)
  cache.use()
  return cache
}

describe('the read cache', () => {
  it('asks once, and answers with the same promise from then on', async () => {
    let questions = 0
    const read = usedCache().byKey('users', async (key) => `${key} ${++questions}`)
    expect(await read('a')).toBe('a 1')
    const [first, second] = [read('a'), read('a')]
    expect(first).toBe(second)
    expect(await first).toBe('a 1')
    expect(await read('b')).toBe('b 2')
  })

  it('tells pairs of keys apart', async () => {
    const read = usedCache().byKeys('users', async (first, second) => `${first}+${second}`)
    for (const _ of ['asked', 'kept']) {
      expect(await read('a', 'bc')).toBe('a+bc')
      expect(await read('ab', 'c')).toBe('ab+c')
      expect(await read('', 'abc')).toBe('+abc')
    }
  })

  it('keeps neither what was not found nor what failed', async () => {
    const outcomes = [() => undefined, () => Promise.reject(new Error('no')), () => 'found', () => 'never asked']
    const read = usedCache().byKey('users', async () => outcomes.shift()?.())
    expect(await read('a')).toBeUndefined()
    await expect(read('a')).rejects.toThrow('no')
    expect(await read('a')).toBe('found')
    expect(await read('a')).toBe('found')
  })

  it('forgets a kind and no other', async () => {
    const cache = usedCache()
    const counts = { users: 0, tenants: 0 }
    const users = cache.byKey('users', async () => ++counts.users)
    const tenants = cache.whole('tenants', async () => ++counts.tenants)
    await Promise.all([users('a'), tenants()])
    cache.forget(['users'])
    expect([await users('a'), await tenants()]).toEqual([2, 1])
  })

  it('does not keep an answer that a change has overtaken', async () => {
    const cache = usedCache()
    const values = new Map([['a', 'old']])
    const database = slowDatabase(values)
    const read = cache.byKey('users', database.read)
    const early = read('a')
    values.set('a', 'new')
    cache.forget(['users'])
    database.answerAll()
    expect(await early).toBe('old')
    const late = read('a')
    database.answerAll()
    expect(await late).toBe('new')
    expect(database.questions()).toBe(2)
  })

  it('keeps nothing while it is bypassed, nor what was asked then', async () => {
    const cache = readCache()
    const database = slowDatabase(new Map([['a', 'value']]))
    const read = cache.byKey('users', database.read)
    const ask = async () => {
      const answer = read('a')
      database.answerAll()
      return answer
    }
    await ask()
    await ask()
    expect(database.questions()).toBe(2)
    const askedBefore = read('a')
    cache.use()
    database.answerAll()
    await askedBefore
    await ask()
    expect(database.questions()).toBe(4)
    await ask()
    expect(database.questions()).toBe(4)
    cache.bypass()
    await ask()
    await ask()
    expect(database.questions()).toBe(6)
  })

  it('keeps at most its limit, and longest what is asked for', async () => {
    const questions: string[] = []
    const read = usedCache(10).byKey('users', async (key) => {
      questions.push(key)
      return key
    })
    await read('wanted')
    for (let index = 0; index < 100; index++) {
      await read(`other ${index}`)
      await read('wanted')
    }
    expect(questions.filter((key) => key === 'wanted')).toHaveLength(1)
    const asked = questions.length
    let kept = 0
    for (let index = 99; index >= 80; index--) {
      const before = questions.length
      await read(`other ${index}`)
      if (questions.length === before) kept += 1
    }
    expect(questions.length).toBeGreaterThan(asked)
    expect(kept).toBeLessThanOrEqual(10)
    expect(kept).toBeGreaterThan(0)
  })
})
