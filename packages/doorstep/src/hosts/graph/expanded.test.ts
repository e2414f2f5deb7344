import { describe, expect, it } from 'vitest'
import { relationships } from './expanded.ts'
import { routes } from './routes.ts'

const expansions = [...relationships].flatMap(([kind, expanded]) =>
  expanded.map(({ name, operation }) => ({ path: `/${kind}s/:key/${name}`, operation })),
)

describe('an expansion', () => {
  it.each(expansions)('asks for what the path asks for: $path', ({ path, operation }) => {
    const own = routes.find((route) => route.method === 'GET' && route.path === path)
    expect(operation).toBe(own?.operation)
  })
})
