import { basename, join } from 'node:path'
import { dataDirectory } from '../../data-folder.ts'
import { writeBrowserProgram } from '../../interceptor/browser-program.ts'
import { childEnvironment, type Shell, shellExports } from '../../interceptor/environment.ts'
import { interceptedHosts } from '../../interceptor/host-map.ts'
import { browseCommand } from '../browser-session.ts'
import { writeRunFiles } from '../child-files.ts'
import { choice, command, dataOption, jsonOption } from '../command.ts'
import { askControl, findLocalCloud } from '../control-client.ts'

export const env = command({
  summary: 'print the environment of `run`, to paste',
  description:
    'With it, programs started from this shell find the local cloud under the real names, until the local cloud ends. The shell is taken from SHELL unless it is named.',
  options: {
    data: dataOption,
    shell: choice('SHELL', ['bash', 'fish', 'pwsh'], 'how to write the variables'),
    json: jsonOption,
  },
  examples: [
    'doorstep env',
    'doorstep env --shell fish | source',
    'doorstep env --shell pwsh | Out-String | Invoke-Expression',
    'doorstep env --json',
  ],
  async run({ data, shell, json }, { terminal, environment }) {
    const cloud = await findLocalCloud(dataDirectory(data, environment), environment)
    const { proxy, tlsPort, clock } = await askControl(cloud, 'GET', '/instance')
    const inherited = { ...environment }
    const directory = join(cloud.dataDirectory, 'environment')
    const { environment: browser } = await writeBrowserProgram(directory, browseCommand, inherited)
    const changed = childEnvironment({
      inherited,
      proxyPort: Number(new URL(String(proxy)).port),
      tlsPort: Number(tlsPort),
      files: await writeRunFiles(directory, cloud.dataDirectory, inherited),
      hosts: interceptedHosts.map(({ pattern }) => pattern),
      dataDirectory: cloud.dataDirectory,
      browser,
      clockOffsetMilliseconds: Number((clock as { offsetSeconds: number }).offsetSeconds) * 1000,
    })
    if (json) terminal.printJson(differences(changed, inherited))
    else terminal.write(shellExports(changed, inherited, shell ?? shellOf(environment)))
  },
})

/** The new values by name; null for a variable that has to be removed. */
function differences(changed: NodeJS.ProcessEnv, inherited: NodeJS.ProcessEnv): Record<string, string | null> {
  const names = [...new Set([...Object.keys(inherited), ...Object.keys(changed)])]
  return Object.fromEntries(
    names.filter((name) => changed[name] !== inherited[name]).map((name) => [name, changed[name] ?? null]),
  )
}

function shellOf(environment: Readonly<Record<string, string | undefined>>): Shell {
  const name = basename(environment.SHELL ?? '')
  if (name === 'fish' || name === 'pwsh') return name
  return !environment.SHELL && process.platform === 'win32' ? 'pwsh' : 'bash'
}
