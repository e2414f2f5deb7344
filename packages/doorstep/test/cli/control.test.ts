import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cloud, type Workplace, workplace } from './doorstep-command.ts'

let place: Workplace
let cloud: Cloud
let ca: string
let controlToken: string
beforeAll(async () => {
  place = await workplace()
  cloud = await place.up()
  ca = await readFile(cloud.ready.caCertificate, 'utf8')
  controlToken = await readFile(join(place.data, 'control-token'), 'utf8')
})
afterAll(() => place.close())

interface Answer {
  readonly status: number | undefined
  readonly body: Record<string, unknown> & { error?: { code: string; message: string } }
}

function ask(route: string, body?: string, authorization = `Bearer ${controlToken}`): Promise<Answer> {
  const [method, path] = route.split(' ')
  return new Promise((resolve, reject) => {
    const headers = authorization === '' ? {} : { authorization }
    const sent = request(`${cloud.ready.url}/_doorstep${path}`, { method, ca, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) as Answer['body'] }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const guarded = [
  'GET /instance',
  'GET /clock',
  'POST /clock',
  'POST /reset',
  'POST /stop',
  'POST /runs',
  'POST /sign-in',
  'POST /approve-device-code',
  'GET /nothing',
]

it('tells its health to anybody, and nothing else', async () => {
  expect(await ask('GET /health', undefined, '')).toEqual({ status: 200, body: { status: 'ok' } })
})

describe('without the control token', () => {
  it.each(guarded)('%s is refused with a word about where the token is', async (route) => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${controlToken}`, 'Bearer ', `Bearer ${controlToken}x`]) {
      const { status, body } = await ask(route, undefined, authorization)
      expect(status).toBe(401)
      expect(body.error).toMatchObject({ code: 'unauthorized' })
      expect(body.error?.message).toContain('the file control-token in the data folder')
      expect(JSON.stringify(body)).not.toContain(place.data)
    }
  })
})

describe('with the control token', () => {
  it.each<[string, string, number, string, RegExp]>([
    ['GET /nothing', '', 404, 'notFound', /GET \/health, GET \/instance/],
    ['DELETE /clock', '', 404, 'notFound', /POST \/clock/],
    ['POST /clock', '{', 400, 'invalidBody', /not valid JSON/],
    ['POST /clock', '[]', 400, 'invalidBody', /JSON object/],
    ['POST /clock', '{}', 400, 'invalidClockChange', /advanceSeconds/],
    ['POST /clock', '{"advanceSeconds":"5"}', 400, 'invalidClockChange', /^advanceSeconds/],
    ['POST /clock', '{"advanceSeconds":1e15}', 400, 'invalidClockChange', /year 9999/],
    ['POST /clock', '{"setTo":"2027-01-31T12:00:00"}', 400, 'invalidClockChange', /^setTo.*zone/],
    ['POST /clock', '{"setTo":"2027-13-31T12:00:00Z"}', 400, 'invalidClockChange', /^setTo/],
    ['POST /clock', '{"reset":false}', 400, 'invalidClockChange', /reset/],
    ['POST /clock', '{"reset":true,"advanceSeconds":5}', 400, 'invalidClockChange', /one of/],
    ['POST /clock', `{"setTo":"${'x'.repeat(20_000)}"}`, 413, 'bodyTooLarge', /bytes/],
    ['POST /runs', '{"offline":"yes"}', 400, 'invalidRun', /^offline/],
    ['POST /runs', '{"upstream":"http://127.0.0.1:1"}', 400, 'invalidRun', /^upstream/],
    ['POST /runs', '{"upstream":{"httpsProxy":5}}', 400, 'invalidRun', /^upstream/],
    ['POST /runs', '{"consent":true}', 400, 'invalidRun', /^signInAs/],
    ['POST /runs', '{"signInAs":5}', 400, 'invalidRun', /^signInAs/],
    ['POST /runs', '{"signInAs":"a@b.example","consent":"yes"}', 400, 'invalidRun', /^consent/],
    ['POST /runs', '{"signInAs":"nobody@b.example"}', 404, 'accountNotFound', /nobody@b\.example/],
    ['POST /sign-in', '{}', 400, 'invalidSignIn', /^userPrincipalName/],
    ['POST /sign-in', '{"userPrincipalName":"nobody"}', 404, 'accountNotFound', /Expected the user principal name/],
    ['POST /approve-device-code', '{"userPrincipalName":"a@b.example"}', 400, 'invalidSignIn', /^userCode/],
    [
      'POST /approve-device-code',
      '{"userCode":"A","userPrincipalName":"a@b.example","consent":1}',
      400,
      'invalidSignIn',
      /^consent/,
    ],
    ['POST /stop', '{"when":"later"}', 400, 'invalidStop', /"idle"/],
  ])('%s %s is refused with a sentence', async (route, text, status, code, message) => {
    const answer = await ask(route, text)
    expect(answer).toMatchObject({ status, body: { error: { code } } })
    expect(answer.body.error?.message).toMatch(message)
  })

  it('POST /sign-in gives the cookies of a browser session, a new one each time', async () => {
    const { userPrincipalName } = cloud.ready.administrator
    const answers = [1, 2].map(() => ask('POST /sign-in', JSON.stringify({ userPrincipalName })))
    const [first, second] = (await Promise.all(answers)).map(({ body }) => body)
    expect(first).toEqual({
      userPrincipalName,
      account: expect.stringMatching(/^[\da-f-]{36}$/),
      cookies: [{ name: 'ESTSAUTH', value: expect.stringMatching(/^[\w-]{43}$/) }],
    })
    expect(second?.cookies).not.toEqual(first?.cookies)
  })

  it('takes a trailing slash, and the scheme in any case', async () => {
    expect((await ask('GET /clock/', undefined, `bearer ${controlToken}`)).status).toBe(200)
  })
})
