import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { dataDirectory } from '../../data-folder.ts'
import { roomOf } from '../../interceptor/host-map.ts'
import { type CommandIO, command, dataOption, flag, text } from '../command.ts'
import { askControl, findLocalCloud, type LocalCloud } from '../control-client.ts'
import { UsageError } from '../failure.ts'
import { launcherPath } from '../installed-files.ts'
import { type BegunSession, followSignIn } from '../sign-in-browser/follow-sign-in.ts'
import { openPage } from '../sign-in-browser/open-page.ts'
import { printable } from '../terminal.ts'

export const signInBrowser = command({
  summary: 'the browser of `run --sign-in-as`: opens an address and signs in without a person',
  description: [
    'Follows redirects, signs in by the control token, and carries the answer to the application.',
    'Ends as soon as the application is reached: with 0 then, and with 1 when it never was.',
  ].join('\n'),
  arguments: [{ form: '<url>', help: 'the address to open' }],
  options: {
    as: text('UPN', 'user principal name of the account'),
    consent: flag('agree to what the application asks for'),
    proxy: text('URL', 'the proxy of the run (default: HTTPS_PROXY)'),
    data: dataOption,
    stay: flag('go on until the application has answered'),
  },
  examples: ['doorstep sign-in-browser --as alice@contoso.example "$URL"'],
  async run({ as, consent, proxy, data, stay }, { terminal, environment }, [address = '']) {
    if (as === undefined) throw new UsageError('Say who signs in: --as alice@contoso.example')
    const url = webAddress(address)
    const route = proxy ?? environment.HTTPS_PROXY
    if (route === undefined) throw new UsageError('Say through which proxy: --proxy, or HTTPS_PROXY as inside a run.')
    const folder = dataDirectory(data, environment)
    if (!stay) {
      const words = ['--as', as, ...(consent ? ['--consent'] : []), '--proxy', route, '--data', folder]
      return leaveWhenHandedOver(['sign-in-browser', '--stay', ...words, address])
    }
    const cloud = await findLocalCloud(folder, environment)
    const trust = await trustOf(cloud)
    const reached = await followSignIn(url, {
      open: (request, onSent) => openPage(request, { proxy: route, trust }, onSent),
      isLogin: ({ protocol, origin, hostname }) =>
        origin === cloud.instance.url || (protocol === 'https:' && roomOf(hostname) === 'login'),
      beginSession: () => beginSession(cloud, as),
      consents: consent,
      say: (sentence) => say(sentence, terminal),
      handedOver,
    })
    return reached ? 0 : 1
  },
})

function webAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new UsageError(`'${address}' is no http or https address.`)
}

/**
 * Goes on in a process of its own. Programs wait for the browser that they started before they listen for the answer,
 * so this one leaves while the application still reads it.
 *
 * @returns 0 once the application was reached, else the code with which that process ended
 */
async function leaveWhenHandedOver(words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [launcherPath, ...words], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    windowsHide: true,
  })
  const handedOverToIt = once(child, 'message').then(() => 0)
  const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : 1))
  const exitCode = await Promise.race([handedOverToIt, ended])
  if (child.connected) child.disconnect()
  child.unref()
  return exitCode
}

/** Tells the process that waits, where one does. */
function handedOver(): void {
  if (!process.connected) return
  process.send?.('handed over')
}

async function trustOf({ instance, ca, dataDirectory: folder }: LocalCloud) {
  const interceptRoot = await readFile(join(folder, 'intercept-ca.pem'), 'utf8')
  return ({ origin, hostname }: URL): ConnectionOptions => {
    if (origin === instance.url) return { ca }
    if (roomOf(hostname) !== undefined) return { ca: interceptRoot }
    // A developer's own listener has a certificate of his own making; on this machine nobody stands in between.
    const isThisMachine = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
    return isThisMachine ? { rejectUnauthorized: false } : {}
  }
}

async function beginSession(cloud: LocalCloud, userPrincipalName: string): Promise<BegunSession> {
  const session: unknown = await askControl(cloud, 'POST', '/sign-in', { userPrincipalName })
  return session as BegunSession
}

function say(sentence: string, terminal: CommandIO['terminal']): void {
  terminal.note(`Doorstep: ${sentence.split('\n').map(printable).join('\n  ')}`)
}
