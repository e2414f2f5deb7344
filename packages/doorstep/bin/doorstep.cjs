#!/usr/bin/env node
'use strict'
// CommonJS on purpose: it starts 4 ms sooner, and the size of the thread pool can still be set here. An ES module
// entry has started the pool before its first line runs. Signatures and scrypt share this pool.
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const dist = join(__dirname, '..', 'dist')

function runMain() {
  const main = join(dist, 'main.cjs')
  if (!existsSync(main)) {
    process.stderr.write('Doorstep has not been built here yet. Run: npm run build\n')
    process.exit(2)
  }
  const { availableParallelism } = require('node:os')
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()))
  require(main)
}

const quick = join(dist, 'token-from-cache.cjs')
if (process.argv[2] === 'token' && existsSync(quick)) {
  // A kept token is printed without loading the rest.
  require(quick)
    .printTokenFromCache(process.argv.slice(3), process.env)
    .then((done) => (done ? process.exit(0) : runMain()))
} else {
  runMain()
}
