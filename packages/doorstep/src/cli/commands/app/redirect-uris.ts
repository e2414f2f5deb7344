import { command, texts } from '../../command.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import {
  addedRedirectUris,
  platformOptions,
  type RedirectUriChange,
  removedRedirectUris,
  requireUris,
} from '../../registration/redirect-uris.ts'
import { reportChange } from './report-change.ts'

const uriOptions = {
  web: texts('URI', 'of a web app: a server with a secret; may be repeated'),
  spa: texts('URI', 'of a single-page app; may be repeated'),
  publicClient: texts('URI', 'of a mobile or desktop app; may be repeated'),
} as const

const linesOf = (verb: string, { changed }: RedirectUriChange) =>
  changed.map(({ platform, uri }) => `${verb} ${platformOptions[platform]} ${uri}`)

export const addRedirectUri = command({
  summary: 'register redirect URIs',
  description:
    'Those that are registered already stay, and are not an error. What was sent is compared letter for letter at sign-in.',
  arguments: [applicationArgument],
  options: { ...uriOptions, ...directoryOptions },
  examples: [
    'doorstep app add-redirect-uri my-app --web https://localhost:3000/callback',
    'doorstep app add-redirect-uri my-app --public-client http://localhost --public-client https://oauth.pstmn.io/v1/callback',
  ],
  async run(options, io, [wanted = '']) {
    const uris = requireUris(options, 'doorstep app add-redirect-uri')
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const change = addedRedirectUris(application, uris)
    if (change.changed.length > 0) await graph.patch(`/applications/${application.id}`, change.patch)
    const lines = linesOf('Added', change)
    reportChange(application, { status: 'added', lines, facts: { added: change.changed } }, options.json, io.terminal)
  },
})

export const removeRedirectUri = command({
  summary: 'take redirect URIs away',
  arguments: [applicationArgument],
  options: { ...uriOptions, ...directoryOptions },
  examples: ['doorstep app remove-redirect-uri my-app --web https://localhost:3000/callback'],
  async run(options, io, [wanted = '']) {
    const uris = requireUris(options, 'doorstep app remove-redirect-uri')
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const change = removedRedirectUris(application, uris)
    await graph.patch(`/applications/${application.id}`, change.patch)
    const lines = linesOf('Removed', change)
    reportChange(
      application,
      { status: 'removed', lines, facts: { removed: change.changed } },
      options.json,
      io.terminal,
    )
  },
})
