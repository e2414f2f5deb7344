import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { alice } from '../../../../conformance/support/cloud-of-people.ts'
import { Person } from '../../../../conformance/support/person.ts'
import {
  AuthorizationCodeCredential,
  InteractiveBrowserCredential,
  type InteractiveBrowserCredentialOptions,
} from '../../src/index.ts'
import { claimsOf, freePort, orders, rejection, startWorld, type World, website } from '../support/people.ts'

type DeviceCode = Readonly<Record<'verificationUri' | 'userCode', string>>

let world: World
let browser: string | undefined
const surrounding = ['DISPLAY', 'WAYLAND_DISPLAY', 'SSH_CONNECTION', 'CODESPACES'] as const
const before = surrounding.map((name) => [name, process.env[name]] as const)

beforeAll(async () => {
  world = await startWorld()
  browser = process.env.BROWSER
  for (const name of surrounding) delete process.env[name]
})
afterEach(() => {
  process.env.BROWSER = browser
  delete process.env.CODESPACES
})
afterAll(async () => {
  await world?.stop()
  for (const [name, value] of before) if (value !== undefined) process.env[name] = value
})

function credential(options: Partial<InteractiveBrowserCredentialOptions> = {}) {
  const notices: string[] = []
  const onNotice = (text: string) => void notices.push(text)
  return { notices, credential: new InteractiveBrowserCredential({ ...world.own, onNotice, ...options }) }
}

/** As a person copies it from the address bar. */
const finalAddress = async (url: string) => (await new Person(world.cloud.doorstep, alice).signIn(url)).url.href

function inCodespace() {
  delete process.env.BROWSER
  process.env.CODESPACES = 'true'
}

describe('where no browser is reachable', () => {
  it('the address is pasted back, and one line says why', async () => {
    inCodespace()
    const { notices, credential: pasting } = credential({ onPasteBack: finalAddress, responseMode: 'form_post' })
    expect(claimsOf((await pasting.getToken(orders.scope)).token).oid).toBe(alice.id)
    expect(notices).toEqual([
      'In a codespace the browser is on another machine: open the address elsewhere, and paste back the one that the browser ends at.',
    ])
  })

  it('a device code is the way where nothing can be pasted back', async () => {
    inCodespace()
    let told = (_: DeviceCode) => {}
    const prompt = new Promise<DeviceCode>((resolve) => {
      told = resolve
    })
    const { notices, credential: showing } = credential({ userPromptCallback: (info) => told(info) })
    const token = showing.getToken(orders.scope)
    const { verificationUri, userCode } = await prompt
    await new Person(world.cloud.doorstep, alice).answerDevice(verificationUri, userCode)
    expect(claimsOf((await token).token).oid).toBe(alice.id)
    expect(notices).toEqual(['In a codespace the browser is on another machine: sign in with a code, on any device.'])
    expect((await showing.getToken(orders.scope)).token).toEqual(expect.any(String))
  })

  it('a web app, which has no device codes, says what to do', async () => {
    inCodespace()
    const web = new AuthorizationCodeCredential({ ...world.own, ...website })
    const error = await rejection(web.getToken(orders.scope))
    expect(error).toMatchObject({ reason: 'personUnreachable', message: expect.stringContaining('onPasteBack') })
  })

  it('the query alone will do, and what is no answer is asked for again', async () => {
    inCodespace()
    let asked = 0
    const onPasteBack = async (url: string) => {
      asked += 1
      if (asked === 1) return 'http://localhost/?code=stolen&state=wrong'
      if (asked === 2) return url
      return `  ${new URL(await finalAddress(url)).search}\n`
    }
    const { notices, credential: pasting } = credential({ onPasteBack })
    expect(claimsOf((await pasting.getToken(orders.scope)).token).oid).toBe(alice.id)
    expect(notices.filter((text) => text.includes('paste the whole address'))).toHaveLength(2)
  })

  it('three texts that are no answer end the sign-in', async () => {
    inCodespace()
    const { credential: pasting } = credential({ onPasteBack: async () => 'no idea' })
    expect(await rejection(pasting.getToken(orders.scope))).toMatchObject({ reason: 'untrustedAnswer' })
  })

  it('nobody waits for ever for what is pasted', async () => {
    inCodespace()
    const { credential: pasting } = credential({
      onPasteBack: () => new Promise(() => {}),
      signInTimeoutMilliseconds: 100,
    })
    expect(await rejection(pasting.getToken(orders.scope))).toMatchObject({ reason: 'timedOut' })
  })
})

describe('a browser that cannot be started', () => {
  it.each([
    ['is not installed', '/nowhere/browser', /\/nowhere\/browser is not installed/],
    ['ends with an error', '/bin/false', /\/bin\/false ended with 1/],
  ])('and %s leaves the address in a notice, to be opened by hand', async (_, program, reason) => {
    process.env.BROWSER = program
    let told = (_: string) => {}
    const notice = new Promise<string>((resolve) => {
      told = resolve
    })
    const token = credential({ onNotice: told }).credential.getToken(orders.scope)
    const text = await notice
    expect(text).toMatch(reason)
    const address = /https:\/\/\S+$/.exec(text)?.[0] ?? ''
    await new Person(world.cloud.doorstep, alice).signInAndReturn(address)
    expect(claimsOf((await token).token).oid).toBe(alice.id)
  })

  it('takes the question for the address back when the answer comes through a browser after all', async () => {
    process.env.BROWSER = '/nowhere/browser'
    let asked = (_: { url: string; signal: AbortSignal }) => {}
    const question = new Promise<{ url: string; signal: AbortSignal }>((resolve) => {
      asked = resolve
    })
    const onPasteBack = (url: string, signal: AbortSignal) => {
      asked({ url, signal })
      return new Promise<string>(() => {})
    }
    const token = credential({ onPasteBack }).credential.getToken(orders.scope)
    const { url, signal } = await question
    expect(signal.aborted).toBe(false)
    await new Person(world.cloud.doorstep, alice).signInAndReturn(url)
    await token
    expect(signal.aborted).toBe(true)
  })

  it('lets the answer be pasted back where that is offered', async () => {
    process.env.BROWSER = '/nowhere/browser'
    const redirectUri = `http://localhost:${await freePort()}`
    const { credential: pasting } = credential({ onPasteBack: finalAddress, redirectUri })
    expect(claimsOf((await pasting.getToken(orders.scope)).token).oid).toBe(alice.id)
  })
})
