import { homedir } from 'node:os'
import { join } from 'node:path'
import { dataDirectory, readCaCertificate } from '../../data-folder.ts'
import { doStep } from '../../interceptor/trust/do-step.ts'
import { type LocalhostRoot, localhostRootIn } from '../../interceptor/trust/root-certificate.ts'
import {
  describeStep,
  installSteps,
  removeSteps,
  type TrustState,
  type TrustStep,
  type TrustStore,
  trustState,
} from '../../interceptor/trust/trust-plan.ts'
import { findTrustStores } from '../../interceptor/trust/trust-stores.ts'
import {
  type CommandDeclaration,
  type CommandGroup,
  type CommandIO,
  command,
  dataOption,
  flag,
  jsonOption,
} from '../command.ts'
import { messageOf, RefusedError } from '../failure.ts'
import { nextCommand } from '../next-command.ts'
import { shellWord } from '../shell-word.ts'
import { alignColumns, type Terminal } from '../terminal.ts'

export const trust: CommandGroup = {
  summary: 'let your own browser trust https://localhost',
  examples: ['doorstep trust status', 'doorstep trust install --nss', 'doorstep trust remove'],
  commands: {
    install: { summary: 'add the localhost root to the trust stores', load: async () => install },
    status: { summary: 'say which store trusts it', load: async () => status },
    remove: { summary: 'take every localhost root of Doorstep out again', load: async () => remove },
  },
}

const install = trustCommand({
  summary: 'add the localhost root to the trust stores',
  description:
    'The root that signs https://localhost for the local cloud of this data folder, in the store of the system and in those of Chromium and Firefox (NSS). It can vouch for localhost, 127.0.0.1 and ::1 only, and its private key does not exist any more. Every step is shown before it is done; without what a step needs nothing is done. `doorstep browse` needs none of this.',
  examples: ['doorstep trust install', 'doorstep trust install --nss'],
  async change({ stores, root, folder, up }, terminal) {
    if (!root) throw new RefusedError(`There is no localhost root in ${folder} yet. It is made by: ${up}`)
    return carryOut(stores, (store) => installSteps(store, root), terminal, { verb: 'install', folder })
  },
})

const status = trustCommand({
  summary: 'say which store trusts the localhost root',
  description:
    'trusted, incomplete (install again), other (only roots of other or older data folders), absent, or unknown without certutil.',
  examples: ['doorstep trust status', 'doorstep trust status --json'],
})

const remove = trustCommand({
  summary: 'take every localhost root of Doorstep out again',
  description: 'The roots of this data folder, of older ones and of others alike; they are known by their subject.',
  examples: ['doorstep trust remove', 'doorstep trust remove --system'],
  change: ({ stores, folder }, terminal) => carryOut(stores, removeSteps, terminal, { verb: 'remove', folder }),
})

/** What is known before anything is changed. */
interface Situation {
  readonly stores: readonly TrustStore[]
  /** The localhost root of the data folder; undefined before the first start. */
  readonly root: LocalhostRoot | undefined
  readonly folder: string
  /** The command line that starts the local cloud of the folder. */
  readonly up: string
}

interface TrustCommand extends Pick<CommandDeclaration, 'summary' | 'description' | 'examples'> {
  /** @returns the steps that were done, for `--json` */
  readonly change?: (situation: Situation, terminal: Quiet) => Promise<readonly TrustStep[]>
}

type Quiet = Pick<Terminal, 'print'>

function trustCommand({ change, ...declaration }: TrustCommand): CommandDeclaration {
  return command({
    ...declaration,
    options: {
      data: dataOption,
      system: flag('the store of the system only'),
      nss: flag('the stores of Chromium and Firefox only'),
      json: jsonOption,
    },
    async run({ data, system, nss, json }, { terminal, environment }) {
      const folder = dataDirectory(data, environment)
      const rootPath = join(folder, 'ca.pem')
      const kinds = (['system', 'nss'] as const).filter((kind) => system === nss || (kind === 'system') === system)
      const look = () =>
        findTrustStores({ kinds, rootPath, home: homeOf(environment), environment, platform: process.platform })
      const root = await readRoot(folder)
      const situation = { stores: await look(), root, folder, up: nextCommand('up', folder, environment) }
      const steps = await change?.(situation, json ? { print: () => {} } : terminal)
      const stores = (steps === undefined ? situation.stores : await look()).map((store) => reported(store, root))
      if (json) {
        const done = steps && { steps: steps.map(describeStep) }
        terminal.printJson({ caCertificate: root && rootPath, fingerprint: root?.fingerprint, ...done, stores })
      } else if (steps?.length === 0) terminal.print('Nothing had to be done.')
      if (json) return
      for (const line of describeStores(stores)) terminal.print(line)
      for (const { state, needs } of stores) if (state === 'unknown' && needs) terminal.note(needs)
    },
  })
}

/** Everything that is missing is said before the first step: nothing may be left half-way. */
async function carryOut(
  stores: readonly TrustStore[],
  stepsOf: (store: TrustStore) => readonly TrustStep[],
  terminal: Quiet,
  { verb, folder }: { readonly verb: string; readonly folder: string },
): Promise<readonly TrustStep[]> {
  const planned = stores.map((store) => ({ store, steps: stepsOf(store) }))
  const unready = planned.filter(({ store, steps }) => store.needs && (steps.length > 0 || !store.roots))
  if (unready.length > 0) {
    throw new RefusedError(
      whatIsMissing(
        unready.map(({ store }) => store),
        verb,
        folder,
      ),
    )
  }
  const steps = planned.flatMap((plan) => plan.steps)
  for (const step of steps) {
    terminal.print(describeStep(step))
    await doStep(step).catch((error) => {
      const undo = `npx --no-install doorstep trust remove --data ${shellWord(folder)}`
      throw new RefusedError(`${messageOf(error)}\nWhat was done before is undone by: ${undo}`)
    })
  }
  return steps
}

function whatIsMissing(stores: readonly TrustStore[], verb: string, folder: string): string {
  // As root another data folder would be the default.
  const again = (kind: string) => `npx --no-install doorstep trust ${verb} --${kind} --data ${shellWord(folder)}`
  const lines = stores.map(({ kind, needs }) => (kind === 'system' ? `${needs} Run: sudo ${again(kind)}` : needs))
  const kinds = new Set(stores.map(({ kind }) => kind))
  const rest = kinds.size === 2 ? [] : [`Without it: ${again(kinds.has('nss') ? 'system' : 'nss')}`]
  return ['Nothing was changed.', ...lines, ...rest].join('\n')
}

/** @throws {RefusedError} when the file is not what a local cloud writes there */
async function readRoot(folder: string): Promise<LocalhostRoot | undefined> {
  const pem = await readCaCertificate(folder)
  const root = pem === undefined ? undefined : localhostRootIn(pem)
  if (pem !== undefined && !root) {
    throw new RefusedError(`${join(folder, 'ca.pem')} is not the localhost root of a local cloud. Start it again.`)
  }
  return root
}

interface ReportedStore {
  readonly kind: TrustStore['kind']
  readonly place: string
  readonly state: TrustState
  /** SHA-256 fingerprints of every localhost root of Doorstep in the store. */
  readonly roots: readonly string[]
  readonly needs?: string | undefined
}

function reported(store: TrustStore, root: LocalhostRoot | undefined): ReportedStore {
  const { kind, place, roots = [], needs } = store
  return { kind, place, state: trustState(store, root), roots: roots.map(({ fingerprint }) => fingerprint), needs }
}

function describeStores(stores: readonly ReportedStore[]): string[] {
  if (stores.length === 0) return ['No trust store was found: a browser makes its own when it is started.']
  return alignColumns(stores.map(({ kind, place, state }) => [state, kind, place]))
}

function homeOf(environment: CommandIO['environment']): string {
  return environment.HOME || environment.USERPROFILE || homedir()
}
