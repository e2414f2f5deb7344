import { fileURLToPath } from 'node:url'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClientCertificate, makeClientCertificate } from '../support/client-certificate.ts'
import { type CloudOfPeople, contoso, startCloudOfPeople } from '../support/cloud-of-people.ts'

const daemon = { appId: 'a0de83c9-e275-41ac-b48d-d59a60b2e387' }
const program = fileURLToPath(new URL('client-certificate-credential.mjs', import.meta.url))

describe('ClientCertificateCredential of @azure/identity', () => {
  let cloud: CloudOfPeople
  let registered: ClientCertificate
  let stranger: ClientCertificate

  beforeAll(async () => {
    registered = await makeClientCertificate('registered')
    stranger = await makeClientCertificate('stranger')
    cloud = await startCloudOfPeople([
      { displayName: 'Daemon', appId: daemon.appId, keyCredentials: [registered.keyCredential] },
    ])
  })
  afterAll(async () => {
    await cloud?.stop()
    await Promise.all([registered?.remove(), stranger?.remove()])
  })

  const run = (certificate: ClientCertificate, environment: NodeJS.ProcessEnv = {}) =>
    cloud.run([process.execPath, program, 'https://management.azure.com/.default'], {
      CLIENT_ID: daemon.appId,
      CERTIFICATE_FILE: certificate.file,
      ...environment,
    })

  it.each([
    ['the certificate alone', {}],
    ['its chain as well', { SEND_CHAIN: 'yes' }],
  ])('gets a token when it sends %s', async (_, environment) => {
    const { code, stdout, stderr } = await run(registered, environment)
    expect(code, stderr).toBe(0)
    expect(decodeJwt(stdout.trim())).toMatchObject({
      aud: 'https://management.azure.com',
      iss: `https://sts.windows.net/${contoso.tenantId}/`,
      appid: daemon.appId,
      appidacr: '2',
      idtyp: 'app',
    })
  })

  it('shows the reason when the certificate is not registered', async () => {
    const { code, stderr } = await run(stranger)
    expect(code).toBe(1)
    expect(stderr).toContain('AADSTS700027')
  })
})
