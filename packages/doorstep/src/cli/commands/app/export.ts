import { choice, command, withDefault } from '../../command.ts'
import { azCommands } from '../../registration/az-commands.ts'
import { apisOf } from '../../registration/find-api.ts'
import { applicationArgument, findApplication } from '../../registration/find-application.ts'
import { lintContext } from '../../registration/lint-context.ts'
import { manifestOf } from '../../registration/manifest.ts'
import { directoryOptions, openGraph } from '../../registration/open-graph.ts'
import { seedFragment } from '../../registration/seed-fragment.ts'

export const exportApplication = command({
  summary: 'print an application, to make it again',
  description: [
    'manifest: the JSON that the portal shows under Manifest (Microsoft Graph format); app import reads it.',
    'az: lines for a shell that make the same with Azure CLI.',
    'doorstep: its entry for a seed file, permissions by name.',
    'With --json the manifest is on one line, and the other forms are the text of { "as": …, "text": … }.',
    'Secrets and certificates are never part of it. Consent is, in az and doorstep, where all that is listed is granted.',
  ].join('\n'),
  arguments: [applicationArgument],
  options: {
    as: withDefault(choice('FORM', ['manifest', 'az', 'doorstep'], 'how'), 'manifest' as const),
    ...directoryOptions,
  },
  examples: [
    'doorstep app export my-app > manifest.json',
    'doorstep app export my-app --as az',
    'doorstep app export my-app --as doorstep --cloud public',
  ],
  async run(options, io, [wanted = '']) {
    const { terminal } = io
    const graph = await openGraph(options, io)
    const application = await findApplication(graph, wanted)
    if (options.as === 'manifest') {
      const manifest = manifestOf({ ...application })
      if (options.json) return void terminal.printJson(manifest)
      return void terminal.print(JSON.stringify(manifest, undefined, 2))
    }
    const required = application.requiredResourceAccess ?? []
    const { unconsented } = await lintContext(graph, application)
    const isGranted = required.length > 0 && unconsented?.length === 0
    const text =
      options.as === 'az'
        ? `${azCommands(application, isGranted).join('\n')}\n`
        : seedFragment(application, await apisOf(graph, required), isGranted)
    if (options.json) terminal.printJson({ as: options.as, text })
    else terminal.write(text)
    const { passwordCredentials = [], keyCredentials = [] } = application
    if (passwordCredentials.length + keyCredentials.length > 0)
      terminal.note('Its secrets and certificates are not part of this: nobody can read them.')
  },
})
