import { randomUUID } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  anApplication,
  aSecret,
  aServicePrincipal,
  aUser,
  deletedDateTime,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

/** Repeated reads are answered from memory, and never with what a finished commit has changed. */
export function answersContract(stores: StoresUnderTest): void {
  describe('an answer', () => {
    it('comes from memory, as the same promise, once it was given', async () => {
      const application = anApplication()
      await stores().commit([{ change: 'createApplication', application }])
      const read = () => stores().applications.byAppId(application.appId)
      const isKept = async () => {
        await read()
        const [first, second] = [read(), read()]
        return first === second
      }
      // A store of several replicas keeps nothing until it hears the others.
      for (let tries = 0; tries < 200 && !(await isKept()); tries++) await after(10)
      expect(await isKept()).toBe(true)
      expect(await read()).toEqual(application)
    })

    it('follows every commit, however often it was read before', async () => {
      const application = anApplication()
      const servicePrincipal = aServicePrincipal(application)
      const secret = aSecret(application.id)
      const { applications, servicePrincipals, passwordCredentials } = stores()
      const twice = async <T>(read: () => Promise<T>) => {
        await read()
        return read()
      }
      expect(await twice(() => applications.byAppId(application.appId))).toBeUndefined()
      await stores().commit([
        { change: 'createApplication', application },
        { change: 'createServicePrincipal', servicePrincipal },
      ])
      expect(await twice(() => applications.byAppId(application.appId))).toEqual(application)
      expect(await twice(() => servicePrincipals.byAppId(tenantId, application.appId))).toEqual(servicePrincipal)
      expect(await twice(() => passwordCredentials.byOwner(application.id))).toEqual([])
      await stores().commit([{ change: 'addPasswordCredential', credential: secret }])
      expect(await twice(() => passwordCredentials.byOwner(application.id))).toEqual([secret])
      await stores().commit([{ change: 'removePasswordCredential', ownerId: application.id, keyId: secret.keyId }])
      expect(await twice(() => passwordCredentials.byOwner(application.id))).toEqual([])
      await stores().commit([{ change: 'deleteApplication', id: application.id, deletedDateTime }])
      expect(await twice(() => applications.byAppId(application.appId))).toBeUndefined()
      expect(await twice(() => servicePrincipals.byAppId(tenantId, application.appId))).toBeUndefined()
    })

    it('is never older than a finished commit while reads and commits overlap', async () => {
      let user = aUser()
      await stores().commit([{ change: 'createUser', user }])
      for (let round = 0; round < 30; round++) {
        const reads = Array.from({ length: 5 }, () => stores().users.byId(user.id))
        const changed = { ...user, displayName: `round ${round}` }
        const commit = stores().commit([{ change: 'updateUser', user: changed }])
        reads.push(...Array.from({ length: 5 }, () => stores().users.byId(user.id)))
        await commit
        user = { ...changed, version: user.version + 1 }
        expect(await stores().users.byId(user.id)).toEqual(user)
        await Promise.all(reads)
        expect(await stores().users.byId(user.id)).toEqual(user)
      }
    })
  })

  describe('onChange', () => {
    it('tells of settings and signing keys, and of nothing else', async () => {
      const heard = new Set<string>()
      stores().onChange((changed) => heard.add(changed))
      await stores().commit([{ change: 'setCloudSettings', settings: await stores().settings.read() }])
      expect(heard).toContain('settings')
      const key = {
        keyId: randomUUID(),
        certificate: 'c',
        sealedPrivateKey: 's',
        createdDateTime: '2026-01-01T00:00:00Z',
      }
      await stores().commit([{ change: 'addSigningKey', key }])
      expect([...heard].sort()).toEqual(['settings', 'signingKeys'])
    })
  })
}
