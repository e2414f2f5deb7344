import { existsSync } from 'node:fs'
import type { CommandIO } from '../../command.ts'
import { command } from '../../command.ts'
import { findApplication } from '../../registration/find-application.ts'
import { type Finding, lint as findingsOf, type Severity } from '../../registration/lint.ts'
import { lintContext } from '../../registration/lint-context.ts'
import { readManifest } from '../../registration/manifest.ts'
import { readManifestText } from '../../registration/manifest-file.ts'
import { type DirectoryChoice, directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { printable, type Terminal } from '../../terminal.ts'

export const lint = command({
  summary: 'say what the real cloud would refuse of an application, or what is unwise',
  description: [
    'error: Entra refuses it. warning: it works, and should not stay. advice: think about it.',
    'A manifest in a file is looked at without asking anybody. The exit code is 1 when there is an error.',
  ].join('\n'),
  arguments: [
    { form: '<application-or-file>', help: 'appId, object id or name; or a manifest: FILE.json, - for stdin' },
  ],
  options: directoryOptions,
  examples: [
    'doorstep app lint my-app',
    'doorstep app lint manifest.json --json',
    'doorstep app lint my-app --cloud public',
  ],
  async run(options, io, [wanted = '']) {
    const { terminal } = io
    const { name, findings } = isFile(wanted) ? await lintFile(wanted) : await lintApplication(wanted, options, io)
    if (options.json) terminal.printJson({ application: name, findings })
    else report(name, findings, terminal)
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0
  },
})

/** A name may hold a slash too; `./`, `/` and `.json` mean a file whether or not it is there. */
const isFile = (wanted: string) =>
  wanted === '-' || /\.json$|^\.{0,2}[/\\]/.test(wanted) || (/[/\\]/.test(wanted) && existsSync(wanted))

interface Linted {
  readonly name: string
  readonly findings: readonly Finding[]
}

async function lintFile(path: string): Promise<Linted> {
  const text = await readManifestText(path)
  const { registration, appId, facts } = readManifest(text, path === '-' ? 'standard input' : path)
  const context = { now: Date.now(), command: () => undefined }
  return { name: registration.displayName, findings: findingsOf({ ...registration, ...facts, appId }, context) }
}

async function lintApplication(wanted: string, options: DirectoryChoice, io: CommandIO): Promise<Linted> {
  const graph = await openGraph(options, io)
  const application = await findApplication(graph, wanted)
  return {
    name: `${application.displayName} (${application.appId})`,
    findings: findingsOf(application, await lintContext(graph, application)),
  }
}

function report(name: string, findings: readonly Finding[], terminal: Terminal): void {
  const { red, yellow, cyan, dim } = terminal.colours
  const colour: Readonly<Record<Severity, (text: string) => string>> = { error: red, warning: yellow, advice: cyan }
  for (const { severity, rule, what, why, fix } of findings) {
    terminal.print(`${colour[severity](severity)} ${rule}: ${printable(what)}`)
    terminal.print(`  ${why}`)
    if (fix !== undefined) terminal.print(`  ${dim('→')} ${printable(fix)}`)
  }
  if (findings.length === 0) terminal.print(`${printable(name)}: nothing to say.`)
}
