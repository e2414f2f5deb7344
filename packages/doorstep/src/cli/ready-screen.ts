import type { ReadyLine } from '../config.ts'
import type { CommandIO } from './command.ts'
import { nextCommand } from './next-command.ts'
import { describeFacts, type Terminal } from './terminal.ts'

/** What a person sees when the local cloud is ready: where it is, and what to paste next. */
export function readyScreen(
  ready: ReadyLine,
  colours: Terminal['colours'],
  environment: CommandIO['environment'],
): string[] {
  const { url, proxy, tenantId, subscriptionId, caCertificate, dataDirectory, administrator } = ready
  const next = (words: string) => `  ${colours.cyan(nextCommand(words, dataDirectory, environment))}`
  const { userPrincipalName, password } = administrator
  return [
    colours.bold(`Doorstep is ready (${Math.round(ready.startedInMilliseconds)} ms).`),
    '',
    ...describeFacts(
      [
        ['Address', url],
        ['Proxy', proxy],
        ['Tenant', tenantId],
        ['Subscription', subscriptionId],
        ['Administrator', userPrincipalName],
        ['Password', password && `${password}   (shown this once)`],
        ['CA certificate', caCertificate],
        ['Data folder', dataDirectory],
      ],
      colours,
    ),
    '',
    'Next, in another terminal:',
    '',
    next('app create my-app --secret'),
    next(`run -- ${tokenLine(tenantId)}`),
    '',
    'The first command prints the appId and the password that the second one asks for.',
  ]
}

/** A token by curl, from the address that the real platform has. */
function tokenLine(tenantId: string): string {
  const form = ['grant_type=client_credentials', 'client_id=APP_ID', 'client_secret=PASSWORD']
  const fields = [...form, 'scope=https://graph.microsoft.com/.default'].map((field) => `-d ${field}`)
  return `curl ${fields.join(' ')} https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`
}
