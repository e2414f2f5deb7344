import { dataDirectory } from '../../data-folder.ts'
import { command, dataOption, jsonOption } from '../command.ts'
import { askControl, findLocalCloud, tenantsOf } from '../control-client.ts'
import { describeOffset } from '../duration-text.ts'
import { alignColumns, describeFacts } from '../terminal.ts'

export const status = command({
  summary: 'say what is running',
  description: 'Exit code 3 says that no local cloud is running for the data folder.',
  options: { data: dataOption, json: jsonOption },
  examples: ['doorstep status', 'doorstep status --json', 'doorstep status --data ./cloud'],
  async run({ data, json }, { terminal, environment }) {
    const cloud = await findLocalCloud(dataDirectory(data, environment), environment)
    const instance = await askControl(cloud, 'GET', '/instance')
    if (json) return void terminal.printJson(instance)
    terminal.print('Doorstep is running.')
    for (const line of describeFacts(instanceFacts(instance), terminal.colours)) terminal.print(line)
    const tenants = tenantsOf(instance)
    if (tenants.length < 2) return
    terminal.print('')
    const rows = tenants.map(({ displayName, domain, tenantId }) => [displayName, domain, tenantId])
    const [heading = '', ...lines] = alignColumns([['Tenant', 'Domain', 'Id'], ...rows])
    terminal.print(terminal.colours.bold(heading))
    for (const line of lines) terminal.print(line)
  },
})

function instanceFacts(instance: Readonly<Record<string, unknown>>): [string, string | undefined][] {
  const text = (name: string) => {
    const value = instance[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
  const clock = instance.clock as { now: string; offsetSeconds: number }
  const administrator = instance.administrator as { userPrincipalName?: string } | undefined
  return [
    ['Address', text('url')],
    ['Proxy', text('proxy')],
    ['Tenant', text('tenantId')],
    ['Subscription', text('subscriptionId')],
    ['Administrator', administrator?.userPrincipalName],
    ['Data folder', text('dataDirectory')],
    ['CA certificate', text('caCertificate')],
    ['Clock', `${clock.now}${clock.offsetSeconds === 0 ? '' : ` (${describeOffset(clock.offsetSeconds)})`}`],
    ['Runs', text('openRuns')],
    ['Process', text('processId')],
    ['Since', text('startedAt')],
  ]
}
