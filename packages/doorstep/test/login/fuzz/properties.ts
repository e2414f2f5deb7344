import type { Answer } from '../../support/start-doorstep.ts'
import { realName } from '../send-raw.ts'
import type { FuzzCase } from './cases.ts'
import { readPageMarkup } from './page-markup.ts'

/** What the properties need beside a request and its answer. */
export interface Surroundings {
  /** Of the cloud: `https://localhost:<port>`. */
  readonly origin: string
  /** What no answer may hold. */
  readonly secrets: readonly string[]
}

/** Everything that an answer does and must not. Empty when all is well. */
export function violations(asked: FuzzCase, answer: Answer, around: Surroundings): readonly string[] {
  const isPage = String(answer.headers['content-type']).startsWith('text/html')
  return [
    ...(answer.status >= 500 ? [`status ${answer.status}`] : []),
    ...locationViolations(asked, answer, around),
    ...headerViolations(answer),
    ...(isPage ? pageViolations(asked, answer, around) : otherBodyViolations(asked, answer)),
    ...secretViolations(answer, around),
  ]
}

function locationViolations(asked: FuzzCase, { headers }: Answer, around: Surroundings): readonly string[] {
  const { location } = headers
  if (location === undefined) return []
  return mayLeadTo(String(location), asked, around) ? [] : [`a redirect to ${location}`]
}

/** Whether a browser that follows the address stays here or arrives where the client is registered. */
export function mayLeadTo(
  address: string,
  { askedBy, headers }: Pick<FuzzCase, 'askedBy' | 'headers'>,
  { origin }: Pick<Surroundings, 'origin'>,
): boolean {
  if (!URL.canParse(address, origin)) return false
  const target = new URL(address, origin)
  if ([origin, `https://${realName}`].includes(target.origin)) return true
  // The real microsoft.com leads every page but ours to its own place.
  if (headers.host === 'microsoft.com' && target.origin === 'https://www.microsoft.com') return true
  return askedBy.some(({ redirectUris }) => redirectUris.some((uri) => isAt(address, target, uri)))
}

function isAt(address: string, target: URL, registered: string): boolean {
  if (!/^https?:/.test(registered)) return address.split(/[?#]/, 1)[0] === registered
  const { protocol, hostname, port, pathname, search } = new URL(registered.replace('*', 'any'))
  const isWild = registered.includes('*')
  const isHost = isWild
    ? target.hostname.endsWith(hostname.slice('any'.length)) && target.hostname.length > hostname.length - 'any'.length
    : target.hostname === hostname
  return (
    isHost &&
    target.protocol === protocol &&
    (target.port === port || hostname === 'localhost') &&
    target.pathname === pathname &&
    target.search.startsWith(search) &&
    target.username === '' &&
    target.password === ''
  )
}

const knownCookies = /^(fpc|x-ms-gateway-slice|stsservicecookie|esctx|ESTSAUTH|ESTSAUTHPERSISTENT)=[\w.-]*(;|$)/

function headerViolations({ headers }: Answer): readonly string[] {
  const cookies = [headers['set-cookie'] ?? []].flat().filter((cookie) => !knownCookies.test(cookie))
  return [
    ...Object.keys(headers)
      .filter((name) => /fuzz/i.test(name))
      .map((name) => `a header ${name}`),
    ...cookies.map((cookie) => `a cookie ${cookie}`),
  ]
}

const ownElements = new Set(
  `html head meta title link style body div header span main section p h1 h2 h3 form input label button ul li dl dt dd
  bdi wbr mark code pre strong a noscript script footer details summary svg path circle rect i b em br hr nav ol table
  img small kbd time`.split(/\s+/),
)
const ownAttributes =
  /^(?:id|class|name|type|value|content|charset|lang|rel|href|nonce|method|action|novalidate|for|role|placeholder|maxlength|autocomplete|autocapitalize|autocorrect|spellcheck|required|autofocus|readonly|hidden|checked|disabled|tabindex|open|title|alt|src|width|height|viewbox|focusable|d|cx|cy|r|x|y|rx|ry|fill|http-equiv|dir|translate|inputmode|aria-[a-z]+|data-test-id)$/

function pageViolations(asked: FuzzCase, { headers, text }: Answer, around: Surroundings): readonly string[] {
  const policy = String(headers['content-security-policy'])
  const nonce = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1]
  const { elements } = readPageMarkup(text)
  const attributes = elements.flatMap(({ name, attributes: all }) =>
    [...all].map(([key, value]) => ({ name, key, value })),
  )
  return [
    ...(policy.startsWith("default-src 'none'") && nonce ? [] : [`a page without a policy: ${policy}`]),
    ...elements.filter(({ name }) => !ownElements.has(name)).map(({ name }) => `an element <${name}>`),
    ...attributes
      .filter(({ key }) => !ownAttributes.test(key))
      .map(({ name, key }) => `an attribute ${key} of <${name}>`),
    ...elements
      .filter(({ name, attributes: own }) => name === 'script' && own.get('nonce') !== nonce)
      .map(() => 'a script without the nonce'),
    ...attributes
      .filter(({ name, key, value }) => !isHarmlessTarget(name, key, value, asked, around))
      .map(({ name, key, value }) => `<${name}> leads by ${key} to ${value}`),
  ]
}

/** Where an element may lead: a form to us or to the client, a link to a web page, an icon to itself. */
function isHarmlessTarget(name: string, key: string, value: string, asked: FuzzCase, around: Surroundings): boolean {
  if (name === 'form' && key === 'action') return mayLeadTo(value, asked, around)
  if (name === 'link' && key === 'href') return value.startsWith('data:image/svg+xml,')
  if (!['href', 'src', 'action', 'formaction'].includes(key)) return true
  return name === 'a' && key === 'href' && mayLeadTo(value, { askedBy: [], headers: {} }, around)
}

/** Refused by Node.js before the request is read: an address or headers of more than 16 KiB. */
const isTooLong = ({ path, headers }: FuzzCase) => path.length + JSON.stringify(headers).length > 12_000

function otherBodyViolations(asked: FuzzCase, { status, headers, text, body }: Answer): readonly string[] {
  if (text === '' && (status === 302 || ([400, 431].includes(status) && isTooLong(asked)))) return []
  const type = String(headers['content-type'])
  if (headers['x-content-type-options'] !== 'nosniff' && text.includes('<'))
    return [`${type} that a browser may take for HTML`]
  if (type.startsWith('text/plain')) return status === 404 || status === 200 ? [] : [`text with status ${status}`]
  if (!type.startsWith('application/json') || typeof body !== 'object' || body === null)
    return [`a body of type ${type}`]
  return status < 400 ? [] : refusalViolations(body, status)
}

const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const refusalMembers = ['error', 'error_description', 'error_codes', 'timestamp', 'trace_id', 'correlation_id']

function refusalViolations(body: Readonly<Record<string, unknown>>, status: number): readonly string[] {
  // Asked by a name that is not ours: the listener itself refuses.
  if (status === 421) return []
  const members = Object.keys(body).filter((name) => !['error_uri', 'suberror', 'claims'].includes(name))
  const {
    error,
    error_description: description,
    error_codes: codes,
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
  } = body
  const isRight =
    members.join() === refusalMembers.join() &&
    typeof error === 'string' &&
    /^[a-z_]+$/.test(error) &&
    Array.isArray(codes) &&
    codes.length === 1 &&
    typeof description === 'string' &&
    description.startsWith(`AADSTS${codes[0]}: `) &&
    description.endsWith(` Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`) &&
    guid.test(String(trace)) &&
    guid.test(String(correlation)) &&
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/.test(String(timestamp))
  return isRight ? [] : ['a refusal in another form than the platform gives it']
}

function secretViolations({ text, headers }: Answer, { secrets }: Surroundings): readonly string[] {
  const everything = `${text}\n${headers.location ?? ''}`
  return leaked(everything, secrets).map((secret) => `the secret ${secret.slice(0, 6)}… in an answer`)
}

/** The secrets that a text holds, as they are or encoded. */
export function leaked(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)))
}
