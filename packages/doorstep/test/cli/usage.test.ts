import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './doorstep-command.ts'

let place: Workplace
beforeAll(async () => {
  place = await workplace()
})
afterAll(() => place.close())

const commands = [
  'up',
  'run',
  'env',
  'browse',
  'trust',
  'trust install',
  'trust status',
  'trust remove',
  'status',
  'down',
  'reset',
  'clock',
  'clock now',
  'clock advance',
  'clock set',
  'clock reset',
  'app',
  'app create',
  'app list',
  'app show',
  'app update',
  'app delete',
  'app restore',
  'app add-redirect-uri',
  'app remove-redirect-uri',
  'app allow-public-client-flows',
  'app add-secret',
  'app remove-secret',
  'app add-certificate',
  'app remove-certificate',
  'app add-permission',
  'app remove-permission',
  'app grant-admin-consent',
  'app add-owner',
  'app remove-owner',
  'app lint',
  'app export',
  'app import',
  'apply',
  'token',
  'inspect',
  'explain',
  'completion',
  'login',
  'call',
  'accounts',
  'logout',
  'doctor',
]

describe('help', () => {
  it.each(commands)('doorstep %s --help says what it does and shows examples', async (name) => {
    const { exitCode, stdout, stderr } = await place.doorstep([...name.split(' '), '--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`Usage: doorstep ${name}`)
    expect(stdout).toContain(`  $ npx --no-install doorstep ${name}`)
    expect(stdout).not.toContain('--until-idle')
    expect(stdout).not.toMatch(/^ {2}\$.*[|(] ?doorstep /m)
  })

  it('lists every command, with and without --help', async () => {
    const [bare, asked] = await Promise.all([place.doorstep([]), place.doorstep(['--help'])])
    expect(bare).toEqual(asked)
    expect(asked.exitCode).toBe(0)
    for (const name of commands) expect(asked.stdout).toMatch(new RegExp(`^  ${name.split(' ')[0]} `, 'm'))
  })

  it('help COMMAND is the same as COMMAND --help', async () => {
    const [helped, asked] = await Promise.all([place.doorstep(['help', 'up']), place.doorstep(['up', '--help'])])
    expect(helped).toEqual(asked)
  })

  it('prints plain text when stdout is no terminal', async () => {
    const { stdout } = await place.doorstep(['up', '--help'])
    expect(stdout).not.toContain('\u001b')
  })
})

it('prints the version of the package', async () => {
  const packageFile = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { version: string }
  expect(await place.doorstep(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
})

describe('a wrong word is a usage error, says so on stderr and exits with 2', () => {
  const secret = {
    AZURE_TENANT_ID: 'contoso.example',
    AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000001',
    AZURE_CLIENT_SECRET: 'very-secret',
  }
  const graph = 'https://graph.microsoft.com/.default'
  const wrong: [string, RegExp, NodeJS.ProcessEnv?][] = [
    ['stats', /unknown command 'stats'\n\(Did you mean status\?\)/],
    ['clock', /Usage: doorstep clock/],
    ['trust', /Usage: doorstep trust/],
    ['trust instal', /Did you mean install\?/],
    ['browse --browser', /--browser <PROGRAM>/],
    ['browse ftp://localhost', /expected an http or https address/],
    ['clock forward', /unknown command 'forward'/],
    ['up --prt 5', /unknown option '--prt'\n\(Did you mean --port\?\)/],
    ['up --port x', /--port <PORT>.*A port is a number from 0 to 65535/],
    ['up --port 65536', /A port is a number from 0 to 65535/],
    ['up extra', /too many arguments/],
    ['up --propagation 5', /a whole number and a unit, s, m, h or d/],
    ['up --host 0.0.0.0', /--host needs --public-name/],
    ['up --ephemeral --data x', /leave --data out/],
    ['up --database mysql://x', /must begin with postgres:\/\//],
    ['up --database postgres://x', /DOORSTEP_MASTER_KEY/],
    ['run', /missing required argument 'command'/],
    ['run --ofline -- true', /Did you mean --offline\?/],
    ['run --ephemeral --data x -- true', /leave --data out/],
    ['env --shell tcsh', /Allowed choices are bash, fish, pwsh/],
    ['clock advance', /missing required argument 'duration'/],
    ['clock advance 5', /'5' is not a duration/],
    ['clock set tomorrow', /2027-01-31T12:00:00Z/],
    ['clock set 2027-01-31T12:00:00', /with its zone/],
    ['token', /--scope .*--resource/, { ...secret }],
    [`token --scope ${graph} --resource x`, /give one of them/],
    [`token --cloud local --scope ${graph}`, /^error: Set AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET:/],
    [`token --scope ${graph}`, /^error: Set AZURE_CLIENT_SECRET:/, { ...secret, AZURE_CLIENT_SECRET: '' }],
    [`token --scope ${graph} --json --format raw`, /exclude each other/, secret],
    [`token --cloud moon --scope ${graph}`, /Allowed choices are local, public, usgov, china/, secret],
    ['token --cloud public --scope User.Read', /\/\.default/, secret],
    ['inspect', /Nothing was given/],
    ['inspect two words', /too many arguments/],
    ['inspect {}', /There is no token in this/],
    ['explain', /no AADSTS code/],
    ['explain hello', /AADSTS50011 or 50011/],
    ['completion', /missing required argument 'shell'/],
    ['completion tcsh', /Allowed choices are bash, zsh, fish, powershell/],
    ['app create', /missing required argument 'name'/],
    ['app create x --audience everybody', /Allowed choices are AzureADMyOrg/],
    ['app create x --permission User.Read', /'User\.Read' is no permission: write the API, a slash/],
    ['app create x --cloud moon', /Allowed choices are local, public, usgov, china/],
    ['app list --cloud public --data x', /leave --data out/],
    ['app list --profile work --data x', /leave --data out/],
    ['app add-redirect-uri x', /Say which: --web URI .*--spa URI .*--public-client URI/],
    ['app remove-redirect-uri x', /Say which: --web URI/],
    ['app add-redirect-uri', /missing required argument 'application'/],
    ['app add-permission x', /missing required argument 'permissions'/],
    ['app add-permission x User.Read', /'User\.Read' is no permission/],
    ['app add-secret x --expires soon', /'soon' is no lifetime: write a whole number and a unit/],
    ['app add-secret x --expires 0d', /'0d' is no lifetime/],
    ['app remove-secret x', /missing required argument 'secret'/],
    ['app add-certificate x', /missing required argument 'file'/],
    ['app update x', /Say what to change: --name/],
    ['app update x --token-version 3', /Allowed choices are 1, 2/],
    ['app export x --as xml', /Allowed choices are manifest, az, doorstep/],
    ['app import x --plan', /add --into APP/],
    ['app lint', /missing required argument 'application-or-file'/],
  ]
  it.each(wrong)('doorstep %s', async (words, message, environment) => {
    const { exitCode, stdout, stderr } = await place.doorstep(words.split(' '), environment)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain(secret.AZURE_CLIENT_SECRET)
  })
})

describe('with --json a failure is one line of JSON on stderr', () => {
  const failing: [string, number, object][] = [
    ['token --json --formt raw', 2, { code: 'usage', message: expect.stringContaining("unknown option '--formt'") }],
    ['clock advance 5 --json', 2, { code: 'usage', message: expect.stringContaining("'5' is not a duration") }],
    ['token --json', 1, { code: 'refused', message: expect.stringContaining('Nobody is signed in') }],
    ['status --json', 3, { code: 'unreachable', message: expect.stringContaining('No local cloud is running') }],
  ]
  it.each(failing)('doorstep %s', async (words, exitCode, error) => {
    const ended = await place.doorstep(words.split(' '))
    expect(ended).toMatchObject({ exitCode, stdout: '' })
    expect(ended.stderr.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(ended.stderr).error).toMatchObject(error)
  })

  it('and what is behind -- belongs to the program that is run', async () => {
    const { stderr } = await place.doorstep(['run', '--seed', 'missing.yaml', '--', 'true', '--json'])
    expect(stderr).toMatch(/^error: /)
  })
})

describe.skipIf(process.platform !== 'linux')('a result that cannot be written', () => {
  const intoFullDisk = (words: string) =>
    new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const launcher = fileURLToPath(new URL('../../bin/doorstep.cjs', import.meta.url))
      const command = `"${process.execPath}" "${launcher}" ${words} > /dev/full`
      const child = execFile('sh', ['-c', command], { env: place.environment }, (_error, _stdout, stderr) =>
        resolve({ code: child.exitCode, stderr }),
      )
    })

  it.each(['explain 50011', 'up --help', 'explain 50011 --json', '--version', 'accounts --json'])(
    'ends doorstep %s with 1 and one line',
    async (words) => {
      const { code, stderr } = await intoFullDisk(words)
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'error: The result could not be written to standard output (ENOSPC).\n',
      })
    },
  )
})

describe('without a running local cloud the exit code is 3 and the message says how to start one', () => {
  const asking = [
    'status',
    'down',
    'reset --yes',
    'clock now',
    'env',
    'browse',
    'app list',
    'app create x',
    'app lint x',
  ]
  it.each(asking)('doorstep %s', async (words) => {
    const elsewhere = { DOORSTEP_DATA: `${place.root}/no cloud` }
    const { exitCode, stdout, stderr } = await place.doorstep(words.split(' '), elsewhere)
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toContain(`No local cloud is running for ${place.root}/no cloud.`)
    expect(stderr).toContain('npx --no-install doorstep up')
  })

  it('names the folder in the command when --data named it', async () => {
    const { stderr } = await place.doorstep(['status', '--data', `${place.root}/a b`])
    expect(stderr).toContain(`doorstep up --data '${place.root}/a b'`)
  })

  it('doorstep token sends its secret nowhere', async () => {
    const { exitCode, stderr } = await place.doorstep(['token', '--scope', 'https://graph.microsoft.com/.default'], {
      AZURE_TENANT_ID: 'contoso.example',
      AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000001',
      AZURE_CLIENT_SECRET: 'very-secret',
    })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('No local cloud is running')
  })

  it('doorstep token cannot reach an authority where nobody listens', async () => {
    const { exitCode, stdout, stderr } = await place.doorstep(
      ['token', '--resource', 'https://management.azure.com/'],
      {
        AZURE_TENANT_ID: 'contoso.example',
        AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000001',
        AZURE_CLIENT_SECRET: 'very-secret',
        AZURE_AUTHORITY_HOST: 'https://127.0.0.1:1',
      },
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toContain('https://127.0.0.1:1')
    expect(stderr).not.toContain('very-secret')
  })
})
