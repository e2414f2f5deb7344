import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { type ClientCertificate, makeClientCertificate } from '../support/client-certificate.ts'
import { Person } from '../support/person.ts'
import { doorstepWords, execute, type Outcome } from '../support/run-under-doorstep.ts'
import { azMissing, azPrograms, certificateOption } from './az-programs.ts'
import { type AzSession, startAzSession } from './az-session.ts'
import { alice, bob, contoso, robot, startSubscribedCloud, stranger, subscription } from './subscribed-cloud.ts'

const minutes = 60_000
const asRobot = ['--service-principal', '--username', robot.appId, '--tenant', contoso.tenantId]
const asStranger = ['--service-principal', '--username', stranger.appId, '--tenant', contoso.tenantId]
const armOfRobot = { appid: robot.appId, aud: 'https://management.core.windows.net/', tid: contoso.tenantId }

function expectFailure({ code, stdout, stderr }: Outcome, ...texts: readonly string[]): void {
  expect(code, stdout).toBe(1)
  for (const text of texts) expect(stderr).toContain(text)
}

describe.each(azPrograms)('az login, %s', (_name, file) => {
  describe.skipIf(azMissing(file))('signs in', () => {
    let certificate: ClientCertificate
    let doorstep: RunningDoorstep
    let session: AzSession
    let sessionOfAlice: AzSession
    beforeAll(async () => {
      certificate = await makeClientCertificate('robot')
      doorstep = await startSubscribedCloud([certificate.keyCredential])
      session = await startAzSession(file, doorstep.dataDirectory)
      sessionOfAlice = await startAzSession(file, doorstep.dataDirectory, ['--sign-in-as', alice.name])
    })
    afterAll(async () => {
      await Promise.all([session?.stop(), sessionOfAlice?.stop()])
      await Promise.all([doorstep?.stop(), certificate?.remove()])
    })

    const expectAlice = ([account, ...others]: readonly object[]) => {
      expect(others).toEqual([])
      expect(account).toMatchObject({
        id: subscription.id,
        name: subscription.name,
        state: 'Enabled',
        tenantId: contoso.tenantId,
        homeTenantId: contoso.tenantId,
        isDefault: true,
        user: { name: alice.name, type: 'user' },
      })
    }

    it('an application by its secret, and out again', { timeout: 2 * minutes }, async () => {
      const az = await session.newUser()
      const [account] = await az.json('login', ...asRobot, '--password', robot.secret)
      expect(account).toMatchObject({ id: subscription.id, user: { name: robot.appId, type: 'servicePrincipal' } })
      expect(await az.json('account', 'show')).toMatchObject({ id: subscription.id, environmentName: 'AzureCloud' })
      expect(await az.json('account', 'list')).toMatchObject([{ id: subscription.id, tenantId: contoso.tenantId }])
      const token = await az.json('account', 'get-access-token')
      expect(token).toMatchObject({ subscription: subscription.id, tenant: contoso.tenantId, tokenType: 'Bearer' })
      expect(decodeJwt(token.accessToken)).toMatchObject(armOfRobot)
      const locations = await az.json('account', 'list-locations', '--query', '[].name')
      expect(locations).toContain('westeurope')
      expect((await az.run('logout')).code).toBe(0)
      expectFailure(await az.run('account', 'show'), 'az login')
    })

    it('an application by its certificate', async () => {
      const az = await session.newUser()
      const [account] = await az.json('login', ...asRobot, certificateOption(file), certificate.file)
      expect(account).toMatchObject({ id: subscription.id, user: { name: robot.appId } })
    })

    it('an application without a role only where that is allowed', { timeout: 2 * minutes }, async () => {
      const az = await session.newUser()
      const words = ['login', ...asStranger, '--password', stranger.secret]
      expectFailure(await az.run(...words), `No subscriptions found for ${stranger.appId}`)
      const [account] = await az.json(...words, '--allow-no-subscriptions')
      expect(account).toMatchObject({ id: contoso.tenantId, name: 'N/A(tenant level account)' })
      const { accessToken } = await az.json('account', 'get-access-token', '--resource', 'https://graph.microsoft.com')
      expect(decodeJwt(accessToken)).toMatchObject({ aud: 'https://graph.microsoft.com', appid: stranger.appId })
    })

    it('nobody with a wrong secret', async () => {
      const az = await session.newUser()
      expectFailure(await az.run('login', ...asRobot, '--password', 'wrong'), 'AADSTS7000215')
    })

    it('a person whom doorstep approves by device code', { timeout: 2 * minutes }, async () => {
      const az = await session.newUser()
      const started = az.start('login', '--use-device-code', '--output', 'json')
      const [, userCode = ''] = await started.says(/enter the code (\w+) to authenticate/)
      const approved = await execute(
        doorstepWords('approve', userCode, '--as', alice.name, '--data', doorstep.dataDirectory),
      )
      expect(approved.code, approved.stderr).toBe(0)
      const { code, stdout, stderr } = await started.outcome
      expect(code, stderr).toBe(0)
      expectAlice(JSON.parse(stdout))
    })

    it('a person who types the device code, in the tenant that is named', { timeout: 2 * minutes }, async () => {
      const az = await session.newUser()
      const started = az.start('login', '--use-device-code', '--tenant', contoso.domain, '--output', 'json')
      const [, address = '', userCode = ''] = await started.says(/open the page (\S+) and enter the code (\w+) to/)
      await new Person(doorstep, alice).answerDevice(address, userCode)
      const { code, stdout, stderr } = await started.outcome
      expect(code, stderr).toBe(0)
      expectAlice(JSON.parse(stdout))
    })

    it('a person in the browser', { timeout: 2 * minutes }, async () => {
      const az = await sessionOfAlice.newUser()
      expectAlice(await az.json('login'))
      expectAlice(await az.json('account', 'list', '--refresh'))
      const { accessToken } = await az.json('account', 'get-access-token', '--resource-type', 'ms-graph')
      const { aud, upn, scp } = decodeJwt(accessToken)
      expect([aud, upn]).toEqual(['https://graph.microsoft.com/', alice.name])
      expect(String(scp).split(' ')).toContain('Application.ReadWrite.All')
    })

    it('a person by password', { timeout: 2 * minutes }, async () => {
      const az = await session.newUser()
      expectAlice(await az.json('login', '--username', alice.name, '--password', alice.password))
      expectFailure(await az.run('login', '--username', alice.name, '--password', 'wrong'), 'AADSTS50126')
      const words = ['login', '--username', bob.name, '--password', bob.password]
      expectFailure(await az.run(...words), `No subscriptions found for ${bob.name}`)
      const [account] = await az.json(...words, '--allow-no-subscriptions')
      expect(account).toMatchObject({ id: contoso.tenantId, user: { name: bob.name } })
    })
  })
})
