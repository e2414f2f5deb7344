import { command, flag } from '../../command.ts'
import { RefusedError, UsageError } from '../../failure.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'

export const deleteApplication = command({
  summary: 'delete an application',
  description: 'Its service principal in this tenant goes with it.',
  arguments: [applicationArgument],
  options: { yes: flag('do it without asking; needed where nobody can be asked'), ...directoryOptions },
  examples: ['doorstep app delete my-app', 'doorstep app delete my-app --yes'],
  async run(options, io, [wanted = '']) {
    const { terminal } = io
    const graph = await openGraph(options, io)
    const { id, appId, displayName } = await findApplication(graph, wanted)
    if (appId === graph.clientId) {
      throw new RefusedError(
        `${displayName} is the application by which this command line works. It cannot be deleted.`,
      )
    }
    if (!options.yes) {
      if (!terminal.isInteractive) throw new UsageError('Nobody can be asked here whether to delete: add --yes.')
      const sure = await terminal.confirm(`Delete ${displayName} (${appId})?`)
      if (!sure) throw new RefusedError('Nothing was deleted.')
    }
    await graph.delete(`/applications/${id}`)
    if (options.json) terminal.printJson({ status: 'deleted', appId, displayName, objectId: id })
    else terminal.print(`Deleted ${displayName} (${appId}).`)
  },
})
