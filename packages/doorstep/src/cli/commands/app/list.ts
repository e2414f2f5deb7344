import { command, dataOption, jsonOption } from '../../command.ts'
import { alignColumns } from '../../terminal.ts'
import { type Application, cloudOption, graphOf, tenantOption } from './application.ts'

export const list = command({
  summary: 'list the applications of the tenant',
  options: { cloud: cloudOption, tenant: tenantOption, data: dataOption, json: jsonOption },
  examples: ['doorstep app list', 'doorstep app list --json'],
  async run(options, io) {
    const { terminal } = io
    const graph = await graphOf(options, io)
    const applications = await graph.list<Application>('/applications')
    if (options.json) return void terminal.printJson(applications)
    const rows = applications.map(({ displayName, appId, createdDateTime = '' }) => [
      displayName,
      appId,
      createdDateTime,
    ])
    const [heading = '', ...lines] = alignColumns([['Name', 'appId', 'Created'], ...rows])
    terminal.print(terminal.colours.bold(heading))
    for (const line of lines) terminal.print(line)
  },
})
