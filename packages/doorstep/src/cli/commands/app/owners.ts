import { command } from '../../command.ts'
import { RefusedError } from '../../failure.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { findOwner } from '../../registration/find-owner.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { reportChange } from './report-change.ts'

const ownerArgument = { form: '<owner>', help: 'user principal name, object id, or appId of a service principal' }

export const addOwner = command({
  summary: 'let somebody else look after an application',
  description: 'Owners may change the registration, and its secrets, without being administrators.',
  arguments: [applicationArgument, ownerArgument],
  options: directoryOptions,
  examples: ['doorstep app add-owner my-app alice@contoso.example'],
  async run(options, io, [wanted = '', named = '']) {
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const owner = await findOwner(graph, named)
    const owners = await graph.list<{ id: string }>(`/applications/${application.id}/owners`)
    const isOwner = owners.some(({ id }) => id === owner.id)
    const reference = { '@odata.id': graph.directoryObject(owner.id) }
    if (!isOwner) await graph.post(`/applications/${application.id}/owners/$ref`, reference)
    const lines = isOwner ? [] : [`${owner.name} owns ${application.displayName} now.`]
    reportChange(application, { status: 'added', lines, facts: { owner: owner.id } }, options.json, io.terminal)
  },
})

export const removeOwner = command({
  summary: 'take an owner away',
  arguments: [applicationArgument, ownerArgument],
  options: directoryOptions,
  examples: ['doorstep app remove-owner my-app alice@contoso.example'],
  async run(options, io, [wanted = '', named = '']) {
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const owner = await findOwner(graph, named)
    const owners = await graph.list<{ id: string }>(`/applications/${application.id}/owners`)
    if (!owners.some(({ id }) => id === owner.id)) {
      throw new RefusedError(`${owner.name} is no owner of ${application.displayName}.`)
    }
    await graph.delete(`/applications/${application.id}/owners/${owner.id}/$ref`)
    const lines = [`${owner.name} no longer owns ${application.displayName}.`]
    reportChange(application, { status: 'removed', lines, facts: { owner: owner.id } }, options.json, io.terminal)
  },
})
