import { command, flag } from '../../command.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { reportChange } from './report-change.ts'

export const allowPublicClientFlows = command({
  summary: 'allow flows without a secret: device code, user name and password',
  description:
    'The portal’s switch “Allow public client flows”. Without it a device code is refused with AADSTS7000218.',
  arguments: [applicationArgument],
  options: { off: flag('no longer'), ...directoryOptions },
  examples: ['doorstep app allow-public-client-flows my-app', 'doorstep app allow-public-client-flows my-app --off'],
  async run(options, io, [wanted = '']) {
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    const isFallbackPublicClient = !options.off
    const isSo = (application.isFallbackPublicClient ?? false) === isFallbackPublicClient
    if (!isSo) await graph.patch(`/applications/${application.id}`, { isFallbackPublicClient })
    const sentence = `${application.displayName} ${isFallbackPublicClient ? 'allows' : 'no longer allows'} flows without a secret.`
    const done = { status: 'changed', lines: isSo ? [] : [sentence], facts: { isFallbackPublicClient } }
    reportChange(application, done, options.json, io.terminal)
  },
})
