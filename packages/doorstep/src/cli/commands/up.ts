import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Doorstep, DoorstepConfig } from '../../config.ts'
import { dataDirectory } from '../../data-folder.ts'
import { type CommandIO, command, dataOption, flag, hiddenFlag, parsed, text, withDefault } from '../command.ts'
import { askControl, findLocalCloud } from '../control-client.ts'
import { requireDuration } from '../duration-text.ts'
import { InterruptedError, messageOf, RefusedError, UsageError } from '../failure.ts'
import { readyScreen } from '../ready-screen.ts'
import { explainStartFailure } from '../start-failure.ts'
import { stopSignals } from '../stop-signals.ts'

interface UpOptions {
  readonly port: number
  readonly proxyPort: number
  readonly host: string | undefined
  readonly publicName: string | undefined
  readonly data: string | undefined
  readonly database: string | undefined
  readonly seed: string | undefined
  readonly ephemeral: boolean
  readonly propagation: number | undefined
  readonly json: boolean
  readonly untilIdle: boolean
}

export const up = command({
  summary: 'start the local cloud',
  description:
    'Serves the local cloud until it is told to stop: by Ctrl-C, SIGTERM or `doorstep down`. A second signal ends it at once.',
  options: {
    port: withDefault(parsed('PORT', 'port of the HTTPS listener; 0 for any free one', requirePort), 8443),
    proxyPort: withDefault(parsed('PORT', 'port of the CONNECT proxy; 0 for any free one', requirePort), 8444),
    host: text('ADDRESS', 'listen on this address too; needs --public-name'),
    publicName: text('NAME', 'a name under which other machines reach the HTTPS listener'),
    data: dataOption,
    database: text('URL', 'keep everything in PostgreSQL (postgres://…); needs DOORSTEP_MASTER_KEY'),
    seed: text('FILE', 'tenants, users and applications to begin with (YAML or JSON)'),
    ephemeral: flag('keep nothing: a new data folder that is removed at the end'),
    propagation: parsed('DURATION', 'delay of new assignments and consents, for example 5m', requireDuration),
    json: flag('print one ready line in JSON'),
    untilIdle: hiddenFlag('end after the last run'),
  },
  examples: [
    'doorstep up',
    'doorstep up --seed doorstep.yaml --propagation 5m',
    'doorstep up --ephemeral --port 0 --proxy-port 0 --json',
    'doorstep up --host 0.0.0.0 --public-name entra.test',
  ],
  async run(options, io) {
    requireConsistent(options, io.environment)
    const signals = stopSignals()
    const folder = options.ephemeral
      ? await mkdtemp(join(tmpdir(), 'doorstep-'))
      : dataDirectory(options.data, io.environment)
    try {
      const config = await doorstepConfig(options, folder, io.environment)
      // What is written is whole at every moment, so a start may simply be left.
      const doorstep = await Promise.race([start(config, io), signals.received.then(interrupt)])
      try {
        announce(doorstep, options, io)
        if (options.untilIdle) await askToStopWhenIdle(folder, io)
        await Promise.race([signals.received, doorstep.stopRequested])
        if (!options.json && io.terminal.isTerminal) io.terminal.note('Stopping.')
      } finally {
        await doorstep.close()
      }
    } finally {
      signals.release()
      if (options.ephemeral) await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    }
  },
})

function interrupt(signal: NodeJS.Signals): never {
  throw new InterruptedError(signal)
}

function requireConsistent(options: UpOptions, environment: CommandIO['environment']): void {
  const { host, publicName, data, ephemeral, database } = options
  if (host !== undefined && publicName === undefined) {
    throw new UsageError(
      '--host needs --public-name: other machines must have a name that the certificate covers, for example --public-name entra.test.',
    )
  }
  if (ephemeral && data !== undefined)
    throw new UsageError('--ephemeral makes a data folder of its own: leave --data out.')
  const { port, proxyPort } = options
  if (port !== 0 && port === proxyPort) throw new UsageError('--port and --proxy-port must differ.')
  if (database === undefined) return
  if (ephemeral) throw new UsageError('--ephemeral keeps nothing, --database keeps everything: leave one of them out.')
  if (!/^postgres(ql)?:\/\//.test(database)) {
    throw new UsageError('--database must begin with postgres://, for example postgres://user@localhost/doorstep.')
  }
  if (!environment.DOORSTEP_MASTER_KEY) {
    throw new UsageError(
      '--database needs the environment variable DOORSTEP_MASTER_KEY: 32 random bytes in hexadecimal or base64, the same for every replica. Make one with: openssl rand -hex 32',
    )
  }
}

async function doorstepConfig(
  options: UpOptions,
  folder: string,
  environment: CommandIO['environment'],
): Promise<DoorstepConfig> {
  const { port, proxyPort, host, publicName, database, seed, propagation } = options
  return {
    port,
    proxyPort,
    host,
    publicName,
    database,
    dataDirectory: folder,
    seed: seed === undefined ? undefined : { text: await readSeed(seed), name: seed },
    propagationInSeconds: propagation,
    masterKey: environment.DOORSTEP_MASTER_KEY || undefined,
  }
}

async function readSeed(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new RefusedError(`The seed file ${file} cannot be read: ${missing ? 'there is none' : messageOf(error)}.`)
  }
}

async function start(config: DoorstepConfig, { terminal }: CommandIO): Promise<Doorstep> {
  const done = terminal.progress('Starting')
  try {
    const { createDoorstep } = await import('../../server.ts')
    return await createDoorstep(config)
  } catch (error) {
    throw await explainStartFailure(error, config)
  } finally {
    done()
  }
}

function announce({ ready, notices }: Doorstep, { json }: UpOptions, { terminal, environment }: CommandIO): void {
  if (json) terminal.printJson(ready)
  else terminal.print(readyScreen(ready, terminal.colours, environment).join('\n'))
  for (const notice of notices) terminal.note(notice)
}

/** Control knows the runs, so control is asked, by this process too. */
async function askToStopWhenIdle(folder: string, { environment }: CommandIO): Promise<void> {
  await askControl(await findLocalCloud(folder, environment), 'POST', '/stop', { when: 'idle' })
}

function requirePort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (port <= 65_535) return port
  throw new UsageError('A port is a number from 0 to 65535; 0 takes any free one.')
}
