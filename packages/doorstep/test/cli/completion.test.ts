import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../support/require-program.ts'
import { type Workplace, workplace } from './doorstep-command.ts'

const run = promisify(execFile)

let place: Workplace
let folder: string
beforeAll(async () => {
  place = await workplace()
  folder = join(place.root, 'a folder')
  await mkdir(folder)
  await writeFile(join(folder, 'seed file.yaml'), '')
  await writeFile(join(folder, 'doorstep.config.yaml'), 'profiles: { work: {}, job: {} }\n')
})
afterAll(() => place.close())

async function script(shell: string): Promise<string> {
  const { stdout } = await place.doorstep(['completion', shell])
  const file = join(place.root, `completion.${shell}`)
  await writeFile(file, stdout)
  return file
}

/** What is typed, and what has to be offered: these words at least, and none of the others. */
const typed: [line: string, offered: readonly string[], notOffered?: readonly string[]][] = [
  ['doorstep cl', ['clock'], ['app', 'up']],
  ['doorstep ', ['up', 'run', 'token', 'inspect', 'explain'], ['sign-in-browser', 'complete', '--help']],
  ['doorstep --v', ['--version'], ['--help']],
  ['doorstep clock ', ['now', 'advance', 'set', 'reset'], ['up']],
  ['doorstep app cr', ['create']],
  ['doorstep token --fo', ['--format'], ['--scope']],
  ['doorstep token --format ', ['raw', 'header', 'env', 'json', 'az'], ['--scope']],
  ['doorstep token --format j', ['json'], ['raw']],
  ['doorstep token --json --', ['--scope', '--resource'], ['--json']],
  ['doorstep token --scope a --s', ['--scope']],
  ['doorstep completion z', ['zsh'], ['bash']],
  ['doorstep up --until', [], ['--until-idle']],
  ['doorstep nonsense ', ['up']],
  ['doorstep token --profile ', ['job', 'work'], ['seed file.yaml', 'doorstep.config.yaml']],
  ['doorstep logout --profile w', ['work'], ['job', 'seed file.yaml']],
  ['doorstep up --seed s', ['seed file.yaml']],
]

/** The words of a line as bash and zsh give them to a function. */
const wordsOf = (line: string) => line.split(' ')

function check(words: readonly string[], offered: readonly string[], notOffered: readonly string[] = []): void {
  expect(words).toEqual(expect.arrayContaining([...offered]))
  expect(words.filter((word) => notOffered.includes(word))).toEqual([])
  if (offered.length === 0) expect(words.filter(Boolean)).toEqual([])
}

const linesOf = ({ stdout }: { stdout: string }) => stdout.split('\n').filter(Boolean)

describe.skipIf(programMissing('bash'))('bash', () => {
  const complete = async (words: readonly string[]) => {
    const asked = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _doorstep_completion 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`
    const file = await script('bash')
    return linesOf(
      await run('bash', ['--norc', '-c', asked, 'bash', file, ...words], { cwd: folder, env: place.environment }),
    )
  }

  it.each(typed)('%j', async (line, offered, notOffered) => {
    check(await complete(wordsOf(line)), offered, notOffered)
  })

  it('completes after =, which it takes for a word', async () => {
    check(await complete(['doorstep', 'env', '--shell', '=']), ['bash', 'fish', 'pwsh'])
    check(await complete(['doorstep', 'env', '--shell', '=', 'f']), ['fish'], ['bash'])
  })

  it('offers files to a program that is run', async () => {
    check(await complete(['doorstep', 'run', '--', 'cat', 'se']), ['seed file.yaml'])
  })

  it('knows the function by the name doorstep', async () => {
    const { stdout } = await run('bash', [
      '--norc',
      '-c',
      'source "$1"; complete -p doorstep',
      'bash',
      await script('bash'),
    ])
    expect(stdout).toBe('complete -F _doorstep_completion doorstep\n')
  })
})

describe.skipIf(programMissing('zsh'))('zsh', () => {
  // The completion system proper needs a terminal; these stand for it and say what they are given.
  const stubs = `compdef() {}; _describe() { print -rl -- "\${(@P)2}" }; _files() { print -rl -- *(N) }`

  it.each(typed)('%j', async (line, offered, notOffered) => {
    const asked = `${stubs}; source "$1"; shift; words=("$@"); CURRENT=$#; _doorstep || true`
    const parameters = ['-f', '-c', asked, 'zsh', await script('zsh'), ...wordsOf(line)]
    const answer = await run('zsh', parameters, { cwd: folder, env: place.environment })
    const words = linesOf(answer).map((word) => word.replace(/^((?:[^:\\]|\\.)*):.*$/, '$1'))
    check(words, offered, notOffered)
  })
})

describe.skipIf(programMissing('fish'))('fish', () => {
  it.each(typed)('%j', async (line, offered, notOffered) => {
    const environment = { ...place.environment, HOME: place.root, XDG_CONFIG_HOME: place.root }
    const parameters = ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', await script('fish'), line]
    const words = linesOf(await run('fish', parameters, { cwd: folder, env: environment }))
    check(
      words.map((word) => word.split('\t')[0]?.replaceAll('\\ ', ' ') ?? ''),
      offered,
      notOffered,
    )
  })
})

describe('the scripts', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('%s: names this program by its whole path, quoted', async (shell) => {
    const { exitCode, stdout } = await place.doorstep(['completion', shell])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`'${process.execPath}' '`)
    expect(stdout).toContain("doorstep.cjs' complete")
  })
})
