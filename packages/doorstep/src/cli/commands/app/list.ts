import { command, flag, text } from '../../command.ts'
import type { Application } from '../../registration/application.ts'
import { filterOption, odataText } from '../../registration/graph-client.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { alignColumns } from '../../terminal.ts'

const pageSize = 100

export const list = command({
  summary: 'list the applications of the tenant',
  description: `At most ${pageSize}, unless --all asks for every page.`,
  options: {
    name: text('START', 'only those whose name begins so'),
    all: flag('every page'),
    ...directoryOptions,
  },
  examples: [
    'doorstep app list',
    'doorstep app list --name extractor',
    'doorstep app list --all --json',
    'doorstep app list --cloud public',
  ],
  async run(options, io) {
    const { terminal } = io
    const graph = await openGraph(options, io)
    const { name, all } = options
    const path = `/applications?$top=${pageSize}${name ? `&${filterOption(`startswith(displayName,${odataText(name)})`)}` : ''}`
    const { items, isLast } = all
      ? { items: await graph.list<Application>(path), isLast: true }
      : await graph.page<Application>(path)
    if (!isLast) terminal.note(`There are more than ${pageSize}: add --all, or --name with the start of a name.`)
    if (options.json) return void terminal.printJson(items)
    const rows = items.map(({ displayName, appId, createdDateTime = '' }) => [displayName, appId, createdDateTime])
    const [heading = '', ...lines] = alignColumns([['Name', 'appId', 'Created'], ...rows])
    terminal.print(terminal.colours.bold(heading))
    for (const line of lines) terminal.print(line)
  },
})
