import { join } from 'node:path'
import { dataDirectory } from '../../data-folder.ts'
import { localhostAddress } from '../../interceptor/browser/localhost-address.ts'
import { type BrowserRequest, chooseBrowser, openInBrowser } from '../browser-session.ts'
import { type CommandIO, command, dataOption, flag, hiddenFlag, jsonOption, text } from '../command.ts'
import { askControl, findLocalCloud } from '../control-client.ts'
import { UsageError } from '../failure.ts'

/** Where a person can begin without an application that sent him: the page that takes device codes. */
const startPage = 'https://microsoft.com/devicelogin'

export const browse = command({
  summary: 'open a browser that sees the local cloud under the real names',
  description: [
    'An installed Chromium, Chrome, Edge or Firefox, with a profile of its own in the data folder; nothing is installed, and your own browser and its profile stay as they are.',
    'Inside `doorstep run` this is the BROWSER of the program. Without a browser, or without a display, the address of the same page on https://localhost is printed.',
  ].join('\n'),
  arguments: [
    { form: '[url]', help: `an http or https address (default: ${startPage})` },
    { form: '[words...]', help: 'more words for the browser, after --' },
  ],
  options: {
    data: dataOption,
    browser: text('PROGRAM', 'the browser, a path or a name (default: DOORSTEP_BROWSER, then the first that is found)'),
    wait: flag('wait until the browser is closed'),
    json: jsonOption,
    asBrowser: hiddenFlag('take one address and nothing else, as what another program starts for its pages'),
  },
  examples: [
    'doorstep browse',
    'doorstep browse "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=…"',
    'doorstep browse --browser firefox https://microsoft.com/devicelogin',
  ],
  async run({ data, browser: named, wait, json, asBrowser }, { terminal, environment }, operands) {
    const { address, extra } = asBrowser ? onlyAddress(operands) : readOperands(operands)
    const folder = dataDirectory(data, environment)
    const cloud = await findLocalCloud(folder, environment)
    const { tlsPort } = await askControl(cloud, 'GET', '/instance')
    const request: BrowserRequest = {
      url: address.href,
      extra,
      dataDirectory: folder,
      proxy: proxyOfRun(folder, environment) ?? cloud.instance.proxy,
      tlsPort: Number(tlsPort),
      localhostRoot: cloud.ca,
      environment,
    }
    const choice = await chooseBrowser(request, named ?? (environment.DOORSTEP_BROWSER || undefined))
    if ('reason' in choice) {
      const reason = `${choice.reason} --browser PROGRAM names one.`
      const local = localhostAddress(address, cloud.instance.url)
      if (json) return void terminal.printJson({ url: address.href, opened: false, address: local, reason })
      terminal.note(`${reason} Open this address in a browser of yours instead:`)
      return void terminal.print(local)
    }
    const { program } = choice.browser
    const { processId, profile, closed, withoutSandbox } = await openInBrowser(request, choice.browser)
    if (withoutSandbox) terminal.note(withoutSandboxNote(program))
    if (json) terminal.printJson({ url: address.href, opened: true, browser: program, profile, processId })
    else terminal.print(`Opened ${address.href} in ${program}.`)
    if (wait) await closed
  },
})

interface Page {
  readonly address: URL
  readonly extra: readonly string[]
}

function readOperands(operands: readonly string[]): Page {
  const [first, ...rest] = operands
  if (first === undefined || first.startsWith('-')) return { address: new URL(startPage), extra: operands }
  return { address: webAddress(first), extra: rest }
}

/** A program hands over what it was told to open: a word of it that the browser obeys could start anything. */
function onlyAddress(operands: readonly string[]): Page {
  const [first = '', ...rest] = operands
  const address = webAddress(first)
  if (rest.length > 0) {
    throw new UsageError(`BROWSER takes one address and nothing after it, but got "${rest.join(' ')}" too.`)
  }
  return { address, extra: [] }
}

function webAddress(written: string): URL {
  const address = URL.canParse(written) ? new URL(written) : undefined
  if (address?.protocol === 'https:' || address?.protocol === 'http:') return address
  throw new UsageError(`url: expected an http or https address such as ${startPage}, but got "${written}".`)
}

/** The proxy of the run, or of the shell with `doorstep env`, around this command; only for its own local cloud. */
function proxyOfRun(folder: string, environment: CommandIO['environment']): string | undefined {
  const { DOORSTEP_INTERCEPT, DOORSTEP_DATA, HTTPS_PROXY = '' } = environment
  const isOurs = DOORSTEP_INTERCEPT && DOORSTEP_DATA && join(DOORSTEP_DATA) === join(folder)
  return isOurs && /^http:\/\/127\.0\.0\.1:\d+$/.test(HTTPS_PROXY) ? HTTPS_PROXY : undefined
}

const withoutSandboxNote = (program: string) =>
  `${program} runs without its sandbox (--no-sandbox), because Chromium refuses to run as root with it. Open no pages there that you do not trust.`
