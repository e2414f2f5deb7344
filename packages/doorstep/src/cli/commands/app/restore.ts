import { command } from '../../command.ts'
import { findDeletedApplication } from '../../registration/find-deleted-application.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'

export const restore = command({
  summary: 'bring a deleted application back',
  description: 'Within thirty days of its deletion, with its service principal, secrets and permissions.',
  arguments: [{ form: '<application>', help: 'its appId, object id or name' }],
  options: directoryOptions,
  examples: ['doorstep app restore my-app'],
  async run(options, io, [wanted = '']) {
    const graph = await openGraph(options, io)
    const { id, appId, displayName } = await findDeletedApplication(graph, wanted)
    await graph.post(`/directory/deletedItems/${id}/restore`, {})
    if (options.json) io.terminal.printJson({ status: 'restored', appId, displayName, objectId: id })
    else io.terminal.print(`Restored ${displayName} (${appId}).`)
  },
})
