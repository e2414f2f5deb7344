import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['doorstep-source'] },
  ssr: { resolve: { conditions: ['doorstep-source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'conformance/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
