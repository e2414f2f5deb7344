import { version } from '../version.ts'
import type { CommandIO, CommandTable } from './command.ts'
import { runProgram } from './commander-program.ts'
import { exitCodeOf } from './exit-code.ts'
import { endProcess, watchOutput } from './output.ts'
import { failureOf, reportFailure } from './report-failure.ts'
import { createTerminal } from './terminal.ts'

/** Every command. The file of each is loaded when it is asked for. */
const commands: CommandTable = {
  up: { summary: 'start the local cloud', load: async () => (await import('./commands/up.ts')).up },
  run: { summary: 'run a program inside the local cloud', load: async () => (await import('./commands/run.ts')).run },
  env: {
    summary: 'print the environment of `run`, to paste',
    load: async () => (await import('./commands/env.ts')).env,
  },
  browse: {
    summary: 'open a browser that sees the local cloud under the real names',
    load: async () => (await import('./commands/browse.ts')).browse,
  },
  trust: {
    summary: 'let your own browser trust https://localhost',
    load: async () => (await import('./commands/trust.ts')).trust,
  },
  status: { summary: 'say what is running', load: async () => (await import('./commands/status.ts')).status },
  down: { summary: 'stop the local cloud', load: async () => (await import('./commands/down.ts')).down },
  reset: {
    summary: 'make the local cloud as after its first start',
    load: async () => (await import('./commands/reset.ts')).reset,
  },
  clock: {
    summary: 'read and move the clock of the local cloud',
    load: async () => (await import('./commands/clock.ts')).clock,
  },
  app: { summary: 'register applications', load: async () => (await import('./commands/app/index.ts')).app },
  apply: {
    summary: 'make a tenant’s applications as a file says',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  approve: { summary: 'answer a device code', load: async () => (await import('./commands/approve.ts')).approve },
  'sign-in-browser': {
    summary: 'the browser of `run --sign-in-as`',
    hidden: true,
    load: async () => (await import('./commands/sign-in-browser.ts')).signInBrowser,
  },
  login: {
    summary: 'sign in, and keep it for `token` and `call`',
    load: async () => (await import('./commands/login.ts')).login,
  },
  token: { summary: 'print an access token', load: async () => (await import('./commands/token.ts')).token },
  call: { summary: 'call an API with the right token', load: async () => (await import('./commands/call.ts')).call },
  accounts: {
    summary: 'list who is signed in',
    load: async () => (await import('./commands/accounts.ts')).accounts,
  },
  logout: { summary: 'forget a login', load: async () => (await import('./commands/logout.ts')).logout },
  doctor: {
    summary: 'find out what is wrong here, and how to fix it',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  inspect: {
    summary: 'decode a token and check it',
    load: async () => (await import('./commands/inspect.ts')).inspect,
  },
  explain: {
    summary: 'say what an AADSTS error means',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  completion: {
    summary: 'print what makes a shell complete `doorstep`',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  complete: {
    summary: 'the words that may come next, for the scripts of `completion`',
    hidden: true,
    load: async () => (await import('./commands/complete.ts')).completeFrom(commands),
  },
}

const examples = [
  'doorstep up',
  'doorstep app create my-app --secret',
  'doorstep run -- curl https://login.microsoftonline.com/common/.well-known/openid-configuration',
]

watchOutput()

async function main(words: readonly string[]): Promise<number> {
  const terminal = createTerminal(process, process.env)
  const io: CommandIO = { terminal, environment: process.env }
  const description = 'Microsoft Entra ID on your own doorstep, and the key to the real one.'
  try {
    return await runProgram({ name: 'doorstep', description, version, examples, commands, io }, words)
  } catch (error) {
    reportFailure(failureOf(error), words, terminal)
    return exitCodeOf(error) ?? 1
  }
}

main(process.argv.slice(2)).then(endProcess)
