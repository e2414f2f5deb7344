import { readFile } from 'node:fs/promises'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programMissing } from '../../packages/doorstep/test/support/require-program.ts'
import { expectAppToken } from '../support/expect-app-token.ts'
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts'
import { doorstepWords, execute, type Outcome } from '../support/run-under-doorstep.ts'

/*
 * "Generate client-id auth token" of guide 5 (How to generate auth token, Azure Data Manager for Energy): its command
 * as the page shows it, typed into a shell after `doorstep run --`.
 */
describe.skipIf(programMissing('curl'))('the curl command of guide 5', () => {
  let cloud: LocalCloud
  let command: string

  beforeAll(async () => {
    cloud = await startLocalCloud()
    command = await readFile(new URL('guide-5-client-id-auth-token.sh', import.meta.url), 'utf8')
  })
  afterAll(() => cloud?.stop())

  const typed = ({
    text = command,
    secret = cloud.app.password,
    clientId = cloud.app.appId,
  } = {}): Promise<Outcome> => {
    const filled = text
      .replaceAll('<tenant-id>', cloud.tenantId)
      .replaceAll('<client-id>', clientId)
      .replaceAll('<client-secret>', secret)
    const doorstepRun = doorstepWords('run', '--data', cloud.doorstep.dataDirectory, '--')
    return execute(['sh', '-c', `"$@" ${filled}`, 'sh', ...doorstepRun])
  }

  it('answers the members of v1.0 in their order, numbers as strings', async () => {
    const { code, stdout, stderr } = await typed()
    expect(code, stderr).toBe(0)
    const answer = JSON.parse(stdout)
    expect(Object.keys(answer)).toEqual([
      'token_type',
      'expires_in',
      'ext_expires_in',
      'expires_on',
      'not_before',
      'resource',
      'access_token',
    ])
    const { appId } = cloud.app
    const claims = await expectAppToken(cloud, answer.access_token, { audience: appId })
    expect(answer).toMatchObject({
      token_type: 'Bearer',
      expires_in: expect.stringMatching(/^[1-9]\d*$/),
      ext_expires_in: answer.expires_in,
      expires_on: String(claims.exp),
      not_before: String(claims.nbf),
      resource: appId,
    })
  })

  it('gives a token that verifies with what the discovery document of the real name leads to', async () => {
    const fetched = async (url: string) => JSON.parse((await cloud.run(['curl', '-sS', '--fail', url])).stdout)
    const authority = `https://login.microsoftonline.com/${cloud.tenantId}`
    const discovery = await fetched(`${authority}/.well-known/openid-configuration`)
    expect(discovery).toMatchObject({
      issuer: `https://sts.windows.net/${cloud.tenantId}/`,
      token_endpoint: `${authority}/oauth2/token`,
      jwks_uri: 'https://login.microsoftonline.com/common/discovery/keys',
    })
    const keys = createLocalJWKSet(await fetched(discovery.jwks_uri))
    const { access_token } = JSON.parse((await typed()).stdout)
    const { issuer } = discovery
    await expect(jwtVerify(access_token, keys, { issuer, audience: cloud.app.appId })).resolves.toBeDefined()
  })

  it('shows what is wrong with a wrong secret and an unknown client', async () => {
    const wrong = await typed({ secret: 'not-the-secret' })
    expect(wrong.code).toBe(0) // curl without --fail: the guide's reader sees the answer.
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      error: 'invalid_client',
      error_description: expect.stringContaining('AADSTS7000215: Invalid client secret provided.'),
      error_codes: [7000215],
    })
    const clientId = 'b7f1c3de-2a4b-4c8d-9e21-0c5f6a7b8d90'
    expect(JSON.parse((await typed({ clientId })).stdout)).toMatchObject({
      error: 'unauthorized_client',
      error_description: expect.stringContaining(`AADSTS700016: Application with identifier '${clientId}'`),
    })
  })

  it('says that a credential is missing when the line of the secret was lost', async () => {
    const text = command.replace(/.*client_secret.*\n/, '')
    expect(text).not.toBe(command)
    expect(JSON.parse((await typed({ text })).stdout)).toMatchObject({
      error: 'invalid_client',
      error_codes: [7000216],
    })
  })
})
