import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataDirectory } from '../../data-folder.ts'
import { endBrowsers } from '../../interceptor/browser/profile.ts'
import { writeBrowserProgram } from '../../interceptor/browser-program.ts'
import { childEnvironment, inheritedUpstream } from '../../interceptor/environment.ts'
import { browseCommand, browserFolder } from '../browser-session.ts'
import { writeRunFiles } from '../child-files.ts'
import { runProgramInTerminal, runSignals } from '../child-process.ts'
import { command, dataOption, flag, text } from '../command.ts'
import { UsageError } from '../failure.ts'
import { joinOrStart, type RunCloud } from '../run-cloud.ts'
import { describeRunEvent, type RunSignIn, signInBrowserCommand } from '../run-sign-in.ts'

export const run = command({
  summary: 'run a program inside the local cloud',
  description: [
    'The program finds the local cloud under the real names (https://login.microsoftonline.com, https://graph.microsoft.com, …) and trusts it; nothing is installed and nothing is left behind.',
    'Joins the local cloud that is running for the data folder, else starts one that ends after its last run.',
    'A program, or shell, that is still running when the local cloud ends reaches nobody, also once another is up: start it again.',
    'Pages that the program opens (BROWSER, xdg-open) open in `doorstep browse`. The exit code is the program’s own.',
  ].join('\n'),
  arguments: [{ form: '<command...>', help: 'the program and its words, after --' }],
  options: {
    data: dataOption,
    ephemeral: flag('a local cloud of its own that keeps nothing'),
    seed: text('FILE', 'tenants, users and applications to begin with; only when this run starts the local cloud'),
    signInAs: text('UPN', 'sign in as this account without a person: browser sign-ins and device codes of the program'),
    consent: flag('with --sign-in-as: agree to what applications ask for'),
    offline: flag('refuse every https host that is not part of the local cloud; plain http stays direct'),
  },
  examples: [
    'doorstep run -- curl https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
    'doorstep run --ephemeral --seed doorstep.yaml -- npm test',
    'doorstep run --sign-in-as alice@contoso.example --consent -- python sign_in.py',
    'doorstep run --offline -- python app.py',
  ],
  passThrough: true,
  async run({ data, ephemeral, seed, signInAs, consent, offline }, { terminal, environment }, words) {
    if (ephemeral && data !== undefined)
      throw new UsageError('--ephemeral makes a data folder of its own: leave --data out.')
    if (consent && signInAs === undefined)
      throw new UsageError('--consent says what --sign-in-as agrees to: say who signs in.')
    const signIn = signInAs === undefined ? undefined : { userPrincipalName: signInAs, consent }
    const inherited: NodeJS.ProcessEnv = { ...environment }
    const signals = runSignals()
    const runDirectory = await mkdtemp(join(tmpdir(), 'doorstep-run-'))
    let cloud: RunCloud | undefined
    try {
      const upstream = inheritedUpstream(inherited)
      const folder = ephemeral ? undefined : dataDirectory(data, environment)
      const starting = joinOrStart({ dataDirectory: folder, seed, offline, upstream, signInAs, consent, runDirectory })
      cloud = await Promise.race([starting, signals.interrupted])
      const preparing = environmentOfRun(cloud, runDirectory, inherited, signIn)
      const childEnv = await Promise.race([preparing, signals.interrupted])
      cloud.joined.onEvent((event) => terminal.note(describeRunEvent(event)))
      const over = warnWhenCloudEnds(cloud, (sentence) => terminal.note(sentence))
      const { exitCode, failure } = await runProgramInTerminal(words, childEnv, signals)
      over()
      if (failure) terminal.error(failure)
      return exitCode
    } finally {
      // Its profile lies in the data folder that goes now.
      if (cloud && ephemeral) await endBrowsers(browserFolder(cloud.dataDirectory))
      await cloud?.leave()
      await rm(runDirectory, { recursive: true, force: true, maxRetries: 3 })
      signals.release()
    }
  },
})

async function environmentOfRun(
  { joined, dataDirectory }: RunCloud,
  runDirectory: string,
  inherited: NodeJS.ProcessEnv,
  signIn: RunSignIn | undefined,
): Promise<NodeJS.ProcessEnv> {
  const { proxyPort, tlsPort, hosts, clockOffsetMilliseconds } = joined
  const files = await writeRunFiles(runDirectory, dataDirectory, inherited)
  const browserCommand = signIn ? signInBrowserCommand(signIn, { proxyPort, dataDirectory }) : browseCommand
  const { environment: browser } = await writeBrowserProgram(runDirectory, browserCommand, inherited)
  return childEnvironment({
    inherited,
    proxyPort,
    tlsPort,
    files,
    hosts,
    dataDirectory,
    browser,
    clockOffsetMilliseconds,
  })
}

function warnWhenCloudEnds({ joined }: RunCloud, note: (sentence: string) => void): () => void {
  let isOver = false
  joined.ended.then(() => {
    if (!isOver) note('Doorstep: the local cloud of this run has ended. What the program asks of it fails from now on.')
  })
  return () => {
    isOver = true
  }
}
