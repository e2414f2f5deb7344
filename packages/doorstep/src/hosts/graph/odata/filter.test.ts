import { describe, expect, it } from 'vitest'
import { parseFilter } from './filter.ts'

const id = '0a123b56-c987-1234-abcd-1a2b3c4d5e6f'

describe('parseFilter', () => {
  it.each([
    ["displayName eq 'X'", { kind: 'compare', property: 'displayName', operator: 'eq', value: 'X' }],
    ["displayName EQ 'O''Neil'", { kind: 'compare', property: 'displayName', operator: 'eq', value: "O'Neil" }],
    [`appOwnerOrganizationId eq ${id.toUpperCase()}`, { property: 'appOwnerOrganizationId', value: id }],
    ['createdDateTime ge 2030-01-01T00:00:00Z', { operator: 'ge', value: '2030-01-01T00:00:00Z' }],
    ['accountEnabled eq true', { value: true }],
    ['mail eq null', { value: null }],
    ['size lt -1.5', { operator: 'lt', value: -1.5 }],
    ["startswith(displayName,'X')", { kind: 'startsWith', property: 'displayName', value: 'X' }],
    ["startsWith(displayName, 'X') eq true", { kind: 'startsWith', property: 'displayName', value: 'X' }],
    ["endswith(mail,'.example')", { kind: 'endsWith', property: 'mail', value: '.example' }],
    ["identifierUris/any(s:s eq 'api://x')", { kind: 'any', collection: 'identifierUris', value: 'api://x' }],
    ['owners/$count eq 0', { kind: 'isEmpty', collection: 'owners' }],
    ['owners/$count ne 0', { kind: 'not', operand: { kind: 'isEmpty', collection: 'owners' } }],
    ["tags/any(t:startsWith(t,'api://'))", { kind: 'anyStartsWith', collection: 'tags', value: 'api://' }],
    ["web/redirectUris/any(u:u eq 'x')", { kind: 'any', collection: 'web/redirectUris', value: 'x' }],
    ["id in ('a', 'b')", { kind: 'in', property: 'id', values: ['a', 'b'] }],
    [`id in (${id})`, { kind: 'in', values: [id] }],
    ["not(startswith(displayName,'X'))", { kind: 'not', operand: { kind: 'startsWith' } }],
    ["not displayName eq 'X'", { kind: 'not', operand: { kind: 'compare' } }],
  ])('reads %s', (text, expected) => {
    expect(parseFilter(text)).toMatchObject(expected)
  })

  it('binds "and" more tightly than "or"', () => {
    expect(parseFilter("a eq '1' or b eq '2' and c eq '3'")).toMatchObject({
      kind: 'or',
      left: { property: 'a' },
      right: { kind: 'and', left: { property: 'b' }, right: { property: 'c' } },
    })
  })

  it('lets parentheses decide', () => {
    expect(parseFilter("(a eq '1' or b eq '2') and c eq '3'")).toMatchObject({ kind: 'and', left: { kind: 'or' } })
  })

  it('takes several values in one any()', () => {
    expect(parseFilter("tags/any(t:t eq 'a' or t eq 'b')")).toMatchObject({
      kind: 'or',
      left: { kind: 'any', value: 'a' },
      right: { kind: 'any', value: 'b' },
    })
  })

  it.each([
    ['', /Expected a property name but found 'the end' at position 0/],
    ['displayName', /Expected an operator/],
    ['displayName eq', /Expected a value/],
    ["displayName eq 'X", /unterminated string literal at position 15/],
    ["displayName eq 'X' and", /Expected a property name/],
    ["displayName eq 'X' 'Y'", /Expected 'and', 'or' or the end/],
    ["displayName has 'X'", /operator 'has' is not supported/],
    ["contains(displayName,'X')", /'displayName' cannot be filtered by/],
    ["owners/all(o:o eq 'X')", /'owners' cannot be filtered by/],
    ["owners/any(o:o/id eq 'X')", /'owners' cannot be filtered by/],
    ["owners/any(o:p eq 'X')", /Expected the variable 'o' at position 13/],
    ["owners/any(o:o ne 'X')", /only 'o eq'/],
    ["tags/any(t:startswith(s,'X'))", /Expected the variable 't'/],
    ["soundex(displayName,'X')", /function 'soundex' is not supported/],
    ["(displayName eq 'X'", /Expected '\)'/],
    ['displayName eq #', /character '#' is not valid at position 15/],
    ["id in ('a',)", /Expected a value/],
    ['id in ()', /Expected a value/],
  ])('refuses %s', (text, message) => {
    expect(() => parseFilter(text)).toThrow(message)
  })

  it('refuses a filter that nests deeper than stores can follow', () => {
    const nested = (levels: number) => `${'('.repeat(levels)}a eq 'x'${')'.repeat(levels)}`
    expect(parseFilter(nested(50))).toMatchObject({ property: 'a' })
    expect(() => parseFilter(nested(51))).toThrow(/more than 50 levels/)
    expect(() => parseFilter('not '.repeat(5000))).toThrow(/more than 50 levels/)
  })

  it('refuses a filter with more conditions than stores can follow', () => {
    const chain = (conditions: number) => Array.from({ length: conditions }, () => "a eq 'x'").join(' or ')
    expect(parseFilter(chain(400))).toMatchObject({ kind: 'or' })
    expect(() => parseFilter(chain(401))).toThrow(/more than 400 conditions/)
  })

  it('refuses many conditions that no index answers', () => {
    const endings = (count: number) => Array.from({ length: count }, () => "endswith(mail,'x')").join(' or ')
    expect(parseFilter(endings(5))).toMatchObject({ kind: 'or' })
    expect(() => parseFilter(endings(6))).toThrow(/more than 5 conditions with endswith/)
  })
})
