import { dataDirectory } from '../../data-folder.ts'
import { type CommandDeclaration, type CommandGroup, command, dataOption, jsonOption } from '../command.ts'
import { askControl, findLocalCloud } from '../control-client.ts'
import { describeOffset, requireDuration } from '../duration-text.ts'
import { UsageError } from '../failure.ts'

export const clock: CommandGroup = {
  summary: 'read and move the clock of the local cloud',
  examples: ['doorstep clock now', 'doorstep clock advance 90d', 'doorstep clock set 2027-01-31T12:00:00Z'],
  commands: {
    now: { summary: 'print the time', load: async () => now },
    advance: { summary: 'move the clock forward', load: async () => advance },
    set: { summary: 'set the clock to a moment', load: async () => set },
    reset: { summary: 'back to the time of this machine', load: async () => reset },
  },
}

const now = clockCommand({
  summary: 'print the time',
  examples: ['doorstep clock now', 'doorstep clock now --json'],
})

const advance = clockCommand({
  summary: 'move the clock forward',
  description: 'Tokens, secrets, sessions and delayed assignments grow older by that much. Certificates do not.',
  arguments: [{ form: '<duration>', help: 'a number and a unit: 90s, 75m, 1h, 90d' }],
  examples: ['doorstep clock advance 90d', 'doorstep clock advance 75m'],
  change: ([duration = '']) => ({ advanceSeconds: requireDuration(duration) }),
})

const set = clockCommand({
  summary: 'set the clock to a moment',
  arguments: [{ form: '<moment>', help: 'with its zone: 2027-01-31T12:00:00Z' }],
  examples: ['doorstep clock set 2027-01-31T12:00:00Z', 'doorstep clock set 2027-01-31T13:00:00+01:00'],
  change: ([moment = '']) => ({ setTo: requireMoment(moment) }),
})

const reset = clockCommand({
  summary: 'back to the time of this machine',
  examples: ['doorstep clock reset'],
  change: () => ({ reset: true }),
})

interface ClockCommand extends Pick<CommandDeclaration, 'summary' | 'description' | 'arguments' | 'examples'> {
  /** The body of the change; without one the clock is only read. */
  readonly change?: (operands: readonly string[]) => Readonly<Record<string, unknown>>
}

function clockCommand({ change, ...declaration }: ClockCommand): CommandDeclaration {
  return command({
    ...declaration,
    options: { data: dataOption, json: jsonOption },
    async run({ data, json }, { terminal, environment }, operands) {
      const wanted = change?.(operands)
      const cloud = await findLocalCloud(dataDirectory(data, environment), environment)
      const reading = wanted
        ? await askControl(cloud, 'POST', '/clock', wanted)
        : await askControl(cloud, 'GET', '/clock')
      if (json) return void terminal.printJson(reading)
      const offset = Number(reading.offsetSeconds)
      terminal.print(`${reading.now}${offset === 0 ? '' : `  (${describeOffset(offset)})`}`)
    },
  }) as CommandDeclaration
}

/** The local cloud looks closer; this finds what is plainly no moment before anything is asked. */
function requireMoment(text: string): string {
  if (/(Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw new UsageError(`'${text}' is not a moment with its zone. Write it as 2027-01-31T12:00:00Z.`)
}
