import { dataDirectory } from '../../data-folder.ts'
import { authorityHosts, type Cloud, cloudOfAuthority, clouds } from '../clouds.ts'
import { type CommandIO, choice, command, dataOption, jsonOption } from '../command.ts'
import { checkAuthority } from '../doctor/check-authority.ts'
import { checkNode, checkProxy, checkRun, checkTrust } from '../doctor/check-environment.ts'
import { checkBrowser, checkBrowserTrust, checkDataFolder, checkLocalCloud } from '../doctor/check-local-cloud.ts'
import { checkProfile } from '../doctor/check-logins.ts'
import type { Finding, Verdict } from '../doctor/finding.ts'
import { upstreamOf } from '../outbound-https.ts'
import type { Terminal } from '../terminal.ts'

export const doctor = command({
  summary: 'find out what is wrong here, and how to fix it',
  description:
    'Looks at Node, the local cloud, the clock, the proxy, certificates, where tokens are kept, the authority (at most 5 s), the data folder, the browser and the profile. Changes nothing and shows no secret. The exit code is 1 when something is wrong.',
  options: {
    cloud: choice('CLOUD', clouds, 'whose authority to ask (default: AZURE_AUTHORITY_HOST, else local)'),
    data: dataOption,
    json: jsonOption,
  },
  examples: ['doorstep doctor', 'doorstep doctor --cloud public', 'doorstep doctor --json'],
  async run({ cloud: given, data, json }, io) {
    const done = io.terminal.progress('Looking')
    const cloud = given ?? cloudOfAuthority(io.environment.AZURE_AUTHORITY_HOST ?? '') ?? 'local'
    const findings = await examine(cloud, dataDirectory(data, io.environment), io).finally(done)
    const isWell = findings.every(({ verdict }) => verdict !== 'problem')
    if (json) io.terminal.printJson({ ok: isWell, cloud, checks: findings })
    else for (const finding of findings) for (const line of describe(finding, io.terminal)) io.terminal.print(line)
    return isWell ? 0 : 1
  },
})

async function examine(cloud: Cloud, folder: string, io: CommandIO): Promise<readonly Finding[]> {
  const { environment } = io
  const upstream = upstreamOf(environment)
  const local = await checkLocalCloud(folder, environment, cloud === 'local')
  const authority =
    cloud === 'local' ? local.authority : { authorityHost: authorityHosts[cloud], route: { upstream }, movedSeconds: 0 }
  return [
    checkNode(process.version),
    checkRun(environment),
    ...local.findings,
    await checkDataFolder(folder),
    checkProxy(environment, upstream),
    await checkTrust(environment),
    ...(authority === undefined ? [] : await checkAuthority(authority)),
    ...(await checkProfile(io)),
    await checkBrowser(environment),
    await checkBrowserTrust(folder, environment),
  ]
}

const marks: Readonly<Record<Verdict, string>> = { ok: 'ok', note: '-', warning: 'warning', problem: 'WRONG' }

function describe({ check, verdict, detail, fix }: Finding, { colours }: Terminal): string[] {
  const paint = { ok: colours.green, note: colours.dim, warning: colours.yellow, problem: colours.red }[verdict]
  const line = `${paint(marks[verdict].padEnd(7))}  ${check.padEnd(13)}  ${detail}`
  return fix === undefined ? [line] : [line, `${' '.repeat(9)}${' '.repeat(13)}  ${fix}`]
}
