import type { Application } from '../../registration/application.ts'
import { printable, type Terminal } from '../../terminal.ts'

/**
 * Says what a command did to an application, each change a line. With `--json` one document: `status` is `unchanged`
 * where all was there before.
 */
export function reportChange(
  { appId, displayName }: Pick<Application, 'appId' | 'displayName'>,
  done: {
    readonly status: string
    readonly lines: readonly string[]
    readonly facts?: Readonly<Record<string, unknown>>
  },
  json: boolean,
  terminal: Terminal,
): void {
  const status = done.lines.length === 0 ? 'unchanged' : done.status
  if (json) terminal.printJson({ status, appId, displayName, ...done.facts })
  else if (done.lines.length === 0) terminal.print(printable(`${displayName} (${appId}) was so before.`))
  else for (const line of done.lines) terminal.print(printable(line))
}
