/** A person in a browser without scripts: signs in and consents, so that later requests need nobody. */
import { request } from 'node:https'

/**
 * @typedef {{ status: number, location: string, text: string }} Page
 * @typedef {{ name: string, password: string }} Person
 */

/**
 * Opens an authorization request, answers every page, and arrives at the application.
 * @param {string} address
 * @param {string} ca
 * @param {Person} person
 * @returns {Promise<{ cookie: string, code: string }>} the `Cookie` header of the signed-in browser, and the code
 */
export async function signIn(address, ca, { name, password }) {
  /** @type {Map<string, string>} */
  const cookies = new Map()
  const typed = { loginfmt: name, passwd: password }
  let page = await send('GET', address, ca, cookies)
  for (let pages = 0; pages < 5 && page.status === 200; pages++) {
    const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const form = new URLSearchParams({ ...hiddenFields(page.text), ...typed })
    page = await send('POST', new URL(action, address).href, ca, cookies, `${form}`)
  }
  const code = /[?&]code=([^&#]+)/.exec(page.location)?.[1]
  if (code === undefined) throw new Error(`Signing in gave no code: ${page.status} ${page.location}\n${page.text}`)
  return { cookie: cookieHeader(cookies), code: decodeURIComponent(code) }
}

/** @param {Map<string, string>} cookies */
const cookieHeader = (cookies) => [...cookies].map((pair) => pair.join('=')).join('; ')

/**
 * @param {string} page
 * @returns {Record<string, string>}
 */
function hiddenFields(page) {
  return Object.fromEntries(
    [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
}

/**
 * @param {string} method
 * @param {string} url
 * @param {string} ca
 * @param {Map<string, string>} cookies taken along and added to
 * @param {string} [body]
 * @returns {Promise<Page>}
 */
function send(method, url, ca, cookies, body) {
  const headers = {
    cookie: cookieHeader(cookies),
    ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, ca, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          cookies.set(name, value)
        }
        resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '', text })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
