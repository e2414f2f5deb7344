import { describe, expect, it } from 'vitest'
import { parseExpand } from './expand.ts'
import { parseOrderBy } from './order-by.ts'
import { parseSearch } from './search.ts'

const type = { name: 'user', collection: 'users', properties: ['id', 'displayName', 'mail', 'createdDateTime'] }

describe('parseSearch', () => {
  it('looks for words of names and for the beginning of the rest', () => {
    expect(parseSearch('"displayName:Al B"', type)).toEqual({ kind: 'search', property: 'displayName', value: 'Al B' })
    expect(parseSearch('"MAIL:al@x"', type)).toEqual({ kind: 'startsWith', property: 'mail', value: 'al@x' })
    expect(parseSearch(String.raw`"displayName:say \"x\" \\"`, type)).toMatchObject({
      value: String.raw`say "x" \ `.trim(),
    })
  })

  it('binds AND more tightly than OR', () => {
    const search = parseSearch('"mail:a" OR "mail:b" AND "mail:c" OR "mail:d"', type)
    const values = (filter: unknown): unknown => {
      const { kind, left, right, value } = filter as Record<string, unknown>
      return value ?? [kind, values(left), values(right)]
    }
    expect(values(search)).toEqual(['or', ['or', 'a', ['and', 'b', 'c']], 'd'])
  })

  it.each([
    ['', /Syntax error in '\$search'/],
    ['displayName:a', /Syntax error/],
    ['"displayName"', /Syntax error/],
    ['"displayName:"', /Syntax error/],
    ['"displayName:a" "mail:b"', /Syntax error/],
    ['"displayName:a" and "mail:b"', /Syntax error/],
    ['"displayName:a" OR', /Syntax error/],
    ['"colour:red"', /Could not find a property named 'colour'/],
    [Array.from({ length: 21 }, () => '"mail:a"').join(' OR '), /at most 20 clauses/],
    [`"displayName:${Array.from({ length: 21 }, (_, index) => `w${index}`).join(' ')}"`, /at most 20 words/],
  ])('refuses %s', (text, message) => {
    expect(() => parseSearch(text, type)).toThrow(message)
  })
})

describe('parseOrderBy', () => {
  it('reads properties and directions in any case', () => {
    expect(parseOrderBy('displayname DESC, createdDateTime', type)).toEqual([
      { property: 'displayName', direction: 'desc' },
      { property: 'createdDateTime', direction: 'asc' },
    ])
  })

  it.each([
    ['', /not understood/],
    ['displayName up', /not understood/],
    ['displayName,', /not understood/],
    ['displayName,displayName desc', /a property twice/],
    ['colour', /Could not find a property named 'colour'/],
    ["displayName;drop table 'x'", /not understood/],
  ])('refuses %s', (text, message) => {
    expect(() => parseOrderBy(text, type)).toThrow(message)
  })
})

describe('parseExpand', () => {
  it('reads one relationship and what is shown of it', () => {
    expect(parseExpand('owners')).toEqual({ relationship: 'owners', select: undefined })
    expect(parseExpand('owners($select=id, displayName)')).toEqual({
      relationship: 'owners',
      select: ['id', 'displayName'],
    })
  })

  it.each([
    ['', /not understood/],
    ['*', /not understood/],
    ['owners,memberOf', /more than one relationship/],
    ['owners($select=id),memberOf($select=id)', /more than one relationship/],
    ['owners($expand=memberOf)', /only \(\$select/],
    ['owners($select=id;$top=1)', /only \(\$select/],
    ['owners($select=)', /only \(\$select/],
    ['owners(', /not understood/],
  ])('refuses %s', (text, message) => {
    expect(() => parseExpand(text)).toThrow(message)
  })
})
