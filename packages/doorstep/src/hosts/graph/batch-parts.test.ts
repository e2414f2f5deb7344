import { describe, expect, it } from 'vitest'
import { type BatchPart, batchProblem } from './batch-parts.ts'

const part = (id: string, more: Partial<BatchPart> = {}): BatchPart => ({
  id,
  method: 'GET',
  url: '/me',
  headers: {},
  body: undefined,
  dependsOn: [],
  ...more,
})

describe('batchProblem', () => {
  it('accepts parts that wait for each other without a circle', () => {
    expect(batchProblem([part('1', { dependsOn: ['2', '3'] }), part('2', { dependsOn: ['3'] }), part('3')])).toBe(
      undefined,
    )
  })

  it.each<[string, readonly BatchPart[], RegExp]>([
    ['an id that comes twice', [part('1'), part('1')], /Request Id : 1 has to be unique/],
    ['a part that waits for nobody', [part('1', { dependsOn: ['2'] })], /depends on '2', which is no request/],
    ['a part that waits for itself', [part('1', { dependsOn: ['1'] })], /depends on itself/],
    [
      'a circle',
      [part('0'), part('1', { dependsOn: ['2'] }), part('2', { dependsOn: ['1'] }), part('3', { dependsOn: ['1'] })],
      /depends on itself, directly or through others/,
    ],
    ['another method', [part('1', { method: 'OPTIONS' })], /method 'OPTIONS'/],
    ['a body without its type', [part('1', { method: 'POST', body: {} })], /does not contain Content-Type/],
  ])('refuses %s', (_what, parts, message) => {
    expect(batchProblem(parts)).toMatch(message)
  })
})
