import type { RunEvent } from './control-client.ts'
import { launcherPath } from './installed-files.ts'
import { printable } from './terminal.ts'

/** Who signs in for the program of a run. */
export interface RunSignIn {
  readonly userPrincipalName: string
  /** Whether the account agrees to what applications ask for. */
  readonly consent: boolean
}

/** The browser of a run that needs no person: program and first words, before the address. */
export function signInBrowserCommand(
  { userPrincipalName, consent }: RunSignIn,
  { proxyPort, dataDirectory }: { readonly proxyPort: number; readonly dataDirectory: string },
): readonly string[] {
  const where = ['--proxy', `http://127.0.0.1:${proxyPort}`, '--data', dataDirectory]
  const words = ['sign-in-browser', '--as', userPrincipalName, ...(consent ? ['--consent'] : []), ...where, '--']
  return [process.execPath, launcherPath, ...words]
}

/** What the local cloud did for a run, as a line beside the program's own output. */
export function describeRunEvent(event: RunEvent): string {
  const { userCode, userPrincipalName, application = '', reason = '', fix = '' } = event
  const sentence =
    event.kind === 'deviceCodeApproved'
      ? `signed in ${userPrincipalName} to ${application} by device code ${userCode}`
      : `declined device code ${userCode} for ${userPrincipalName}: ${reason} ${fixOf(reason, fix)}`
  return `Doorstep: ${printable(sentence)}`
}

/** What was wrong for want of consent can be given along with the run. */
function fixOf(reason: string, fix: string): string {
  return reason.startsWith('AADSTS65001:')
    ? 'Give it with --consent, or grant it before (adminConsent: true in the seed file).'
    : fix
}
