import { command, parsed, text } from '../../command.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { addSecret as addSecretTo, findCredential, parseLifetime } from '../../registration/secret.ts'
import { describeFacts } from '../../terminal.ts'
import { reportChange } from './report-change.ts'

export const addSecret = command({
  summary: 'add a client secret; its value is printed this once',
  description:
    'Secrets that are there stay good. The platform makes the value, and gives it two years unless --expires says less.',
  arguments: [applicationArgument],
  options: {
    description: text('TEXT', 'what it is for'),
    expires: parsed('DURATION', 'how long it is good: 180d, 24h', parseLifetime),
    ...directoryOptions,
  },
  examples: [
    'doorstep app add-secret my-app --description ci --expires 180d',
    'doorstep app add-secret my-app --json | jq -r .password',
  ],
  async run(options, io, [wanted = '']) {
    const { terminal } = io
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const { description: displayName, expires: lifetimeSeconds } = options
    const now = lifetimeSeconds === undefined ? 0 : await graph.now()
    const made = await addSecretTo(graph, application, { displayName, lifetimeSeconds }, now)
    const { appId } = application
    const { secretText: password, keyId, endDateTime: expires } = made
    const secret = { appId, password, keyId, expires, ...(displayName !== undefined && { description: displayName }) }
    if (options.json) return void terminal.printJson({ ...secret, tenant: graph.tenantId })
    for (const line of describeFacts(Object.entries(secret), terminal.colours)) terminal.print(line)
    terminal.note('The password is shown this once. Keep it where no one else reads.')
  },
})

export const removeSecret = command({
  summary: 'take a client secret away',
  description: 'Programs that use it are refused from then on.',
  arguments: [applicationArgument, { form: '<secret>', help: 'its id, description or first characters' }],
  options: directoryOptions,
  examples: ['doorstep app remove-secret my-app ci', 'doorstep app remove-secret my-app x7Q'],
  async run(options, io, [wanted = '', named = '']) {
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const { keyId, displayName } = findCredential(application.passwordCredentials ?? [], named, 'secret')
    await graph.post(`/applications/${application.id}/removePassword`, { keyId })
    const lines = [`Removed the secret ${displayName ?? keyId}.`]
    reportChange(application, { status: 'removed', lines, facts: { keyId } }, options.json, io.terminal)
  },
})
