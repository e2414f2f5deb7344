import { fileURLToPath } from 'node:url'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClientCertificate, makeClientCertificate } from '../support/client-certificate.ts'
import { type CloudOfPeople, contoso, startCloudOfPeople } from '../support/cloud-of-people.ts'

const daemon = { appId: 'a0de83c9-e275-41ac-b48d-d59a60b2e387' }
const program = fileURLToPath(new URL('certificate.mjs', import.meta.url))

describe('ConfidentialClientApplication of @azure/msal-node, with a certificate', () => {
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

  const run = (certificate: ClientCertificate) =>
    cloud.run([process.execPath, program, 'https://management.azure.com/.default'], {
      CLIENT_ID: daemon.appId,
      CERTIFICATE_FILE: certificate.file,
      THUMBPRINT: certificate.thumbprint,
    })

  it('gets a token', async () => {
    const { code, stdout, stderr } = await run(registered)
    expect(code, stderr).toBe(0)
    expect(decodeJwt(JSON.parse(stdout).accessToken)).toMatchObject({
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
