import { describe, expect, it } from 'vitest'
import { marked, missingValues, redirectUriDifference } from './difference.ts'

describe('what differs', () => {
  const inMarks = (parts: readonly { text: string; differs: boolean }[]) =>
    parts.map(({ text, differs }) => (differs ? `[${text}]` : text)).join('')

  it.each([
    [
      'https://app.example:3000/cb',
      'https://app.example:3001/cb',
      'https://app.example:[3000]/cb',
      'https://app.example:[3001]/cb',
      'The port differs',
    ],
    [
      'http://localhost/cb',
      'http://localhost/cb/',
      'http://localhost/cb',
      'http://localhost/cb[/]',
      'The registered one ends with a slash',
    ],
    [
      'http://localhost/cb/',
      'http://localhost/cb',
      'http://localhost/cb[/]',
      'http://localhost/cb',
      'The one sent ends with a slash',
    ],
    [
      'http://localhost/CB',
      'http://localhost/cb',
      'http://localhost/[CB]',
      'http://localhost/[cb]',
      'Only upper and lower case',
    ],
    [
      'http://a.example/x/cb',
      'https://a.example/y/cb',
      '[http]://a.example/[x]/cb',
      '[https]://a.example/[y]/cb',
      'The scheme and path differ',
    ],
    ['callback', 'http://localhost/cb', '[callback]', '[http://localhost/cb]', 'not a complete URI'],
  ])('marks %s against %s', (sent, registered, sentMarked, registeredMarked, words) => {
    const { rows, inWords } = redirectUriDifference(sent, [registered])
    expect(rows.map(({ label, parts }) => [label, inMarks(parts)])).toEqual([
      ['Sent', sentMarked],
      ['Registered', registeredMarked],
    ])
    expect(inWords).toContain(words)
  })

  it('puts the nearest registered URI first, shows a few and counts the rest', () => {
    const registered = [
      'https://far.example/',
      ...[1, 2, 3, 4].map((n) => `https://app.example/${n}`),
      'http://localhost:3000/cb/',
    ]
    const { rows } = redirectUriDifference('http://localhost:3000/cb', registered)
    expect(rows.map(({ label }) => label)).toEqual([
      'Sent',
      'Registered',
      'Registered',
      'Registered',
      'Registered',
      'And',
    ])
    expect(rows[1] && inMarks(rows[1].parts)).toBe('http://localhost:3000/cb[/]')
    expect(rows.at(-1)?.parts).toEqual([{ text: '2 more', differs: false }])
  })

  it('says that nothing is registered', () => {
    const { rows, inWords } = redirectUriDifference('http://localhost/', [])
    expect(inWords).toContain('no redirect URI registered')
    expect(rows).toEqual([{ label: 'Sent', parts: [{ text: 'http://localhost/', differs: true }] }])
  })

  it('loses no character of a value, however long it is', () => {
    const [long, other] = ['a/'.repeat(4000), 'b/'.repeat(4000)]
    expect(
      marked(long, other)
        .map(({ text }) => text)
        .join(''),
    ).toBe(long)
    expect(marked('', other)).toEqual([])
  })

  it('marks the scopes that nobody consented to', () => {
    const { rows } = missingValues(
      'Scope',
      '',
      { label: 'Asked for', values: ['user.read', 'Mail.Send'] },
      { label: 'Consented', values: ['User.Read'] },
    )
    expect(rows.map(({ parts }) => inMarks(parts))).toEqual(['user.read [Mail.Send]', 'User.Read'])
  })
})
