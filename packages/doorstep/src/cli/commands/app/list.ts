import { command, flag, text } from '../../command.ts'
import type { DeletedApplication } from '../../registration/find-deleted-application.ts'
import { filterOption, odataText } from '../../registration/graph-client.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { alignColumns } from '../../terminal.ts'

const pageSize = 100

interface Listed extends DeletedApplication {
  readonly createdDateTime?: string
}

export const list = command({
  summary: 'list the applications of the tenant',
  description: `By name; at most ${pageSize}, unless --all asks for every page.`,
  options: {
    name: text('START', 'only those whose name begins so'),
    deleted: flag('those in the recycle bin, which app restore brings back'),
    all: flag('every page'),
    ...directoryOptions,
  },
  examples: [
    'doorstep app list',
    'doorstep app list --name extractor',
    'doorstep app list --deleted',
    'doorstep app list --all --json',
    'doorstep app list --cloud public',
  ],
  async run(options, io) {
    const { terminal } = io
    const graph = await openGraph(options, io)
    const path = pathOf(options)
    const { items: found, isLast } = options.all
      ? { items: await graph.list<Listed>(path), isLast: true }
      : await graph.page<Listed>(path)
    const items = found.toSorted((one, other) => one.displayName.localeCompare(other.displayName, 'en'))
    if (!isLast) terminal.note(`There are more than ${pageSize}: add --all, or --name with the start of a name.`)
    if (options.json) return void terminal.printJson(items)
    if (items.length === 0) return void terminal.note(nothingFound(options))
    const rows = items.map(({ displayName, appId, createdDateTime, deletedDateTime }) => [
      displayName,
      appId,
      (options.deleted ? deletedDateTime : createdDateTime) ?? '',
      appId === graph.clientId ? 'by which this command line works' : '',
    ])
    const headings = ['Name', 'appId', options.deleted ? 'Deleted' : 'Created']
    const [heading = '', ...lines] = alignColumns([headings, ...rows])
    terminal.print(terminal.colours.bold(heading))
    for (const line of lines) terminal.print(line)
  },
})

interface Wanted {
  readonly name: string | undefined
  readonly deleted: boolean
}

/** Graph orders what it filters only for callers that accept eventual consistency; the few that a name finds need it less. */
function pathOf({ name, deleted }: Wanted): string {
  const collection = deleted ? '/directory/deletedItems/microsoft.graph.application' : '/applications'
  const order = deleted ? '' : '&$orderby=displayName'
  const narrowed = name ? `&${filterOption(`startswith(displayName,${odataText(name)})`)}` : order
  return `${collection}?$top=${pageSize}${narrowed}`
}

function nothingFound({ name, deleted }: Wanted): string {
  const which = deleted ? 'The recycle bin has no application' : 'There is no application'
  return name ? `${which} whose name begins with '${name}'.` : `${which}.`
}
