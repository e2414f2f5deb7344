#!/usr/bin/env node
'use strict'
// CommonJS on purpose: it starts 4 ms sooner, and the size of the thread pool can still be set here. An ES module
// entry has started the pool before its first line runs. Signatures and scrypt share this pool.
const { existsSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')

process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()))

const main = join(__dirname, '..', 'dist', 'main.cjs')
if (!existsSync(main)) {
  process.stderr.write('Doorstep has not been built here yet. Run: npm run build\n')
  process.exit(2)
}
require(main)
