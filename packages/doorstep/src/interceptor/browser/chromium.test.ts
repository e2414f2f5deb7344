import { expect, it } from 'vitest'
import { chromiumArguments } from './chromium.ts'

const start = {
  profile: '/data/browser/chromium',
  proxy: 'http://127.0.0.1:8444',
  keyHashes: ['a=', 'b='],
  url: 'https://microsoft.com/devicelogin',
  platform: 'linux' as const,
  isRoot: false,
  extra: ['--headless=new'],
}

it('Chromium gets profile, proxy and keys, and the page last', () => {
  const words = chromiumArguments(start)
  expect(words.slice(0, 3)).toEqual([
    '--user-data-dir=/data/browser/chromium',
    '--proxy-server=http://127.0.0.1:8444',
    '--ignore-certificate-errors-spki-list=a=,b=',
  ])
  expect(words).toEqual(expect.arrayContaining(['--no-first-run', '--no-default-browser-check']))
  expect(words.slice(-2)).toEqual(['--headless=new', 'https://microsoft.com/devicelogin'])
})

it('Chromium keeps its sandbox for everybody but root', () => {
  expect(chromiumArguments(start)).not.toContain('--no-sandbox')
  expect(chromiumArguments({ ...start, isRoot: true })).toContain('--no-sandbox')
})
