import { describe, expect, it } from 'vitest'
import type { Application } from '../../directory/application.ts'
import type { Stores } from '../stores.ts'
import {
  anApplication,
  aServicePrincipal,
  deletedDateTime,
  otherTenantId,
  type StoresUnderTest,
  tenantId,
} from './records.ts'

const noWeb = anApplication().web

function withUris(web: readonly string[], spa: readonly string[] = [], publicClient: readonly string[] = []) {
  return anApplication({
    web: { ...noWeb, redirectUris: web },
    spa: { redirectUris: spa },
    publicClient: { redirectUris: publicClient },
  })
}

const create = (stores: Stores, ...applications: readonly Application[]) =>
  stores.commit(applications.map((application) => ({ change: 'createApplication', application }) as const))

/** Applications are found by the redirect URIs of every platform, as they are now. */
export function redirectUrisContract(stores: StoresUnderTest): void {
  describe('an application', () => {
    const found = async (uri: string, tenant: string | undefined = tenantId) =>
      (await stores().applications.byRedirectUri(uri, tenant)).map(({ id }) => id)

    it('is found by its redirect URIs of every platform, and by no other', async () => {
      const application = withUris(['https://a.example/web'], ['https://a.example/spa'], ['msal1://auth'])
      await create(stores(), application, withUris(['https://b.example/web']))
      for (const uri of ['https://a.example/web', 'https://a.example/spa', 'msal1://auth']) {
        expect(await stores().applications.byRedirectUri(uri, tenantId), uri).toEqual([application])
      }
      expect(await found('https://a.example/')).toEqual([])
      expect(await found('https://a.example/web/')).toEqual([])
      expect(await found('redirectUris')).toEqual([])
    })

    it('is found at any port of localhost, and by a host alone with and without its slash', async () => {
      const application = withUris(['http://localhost:3000/cb', 'https://a.example', 'https://b.example:8443/'])
      await create(stores(), application)
      expect(await found('http://localhost:5000/cb')).toEqual([application.id])
      expect(await found('http://localhost/cb')).toEqual([application.id])
      expect(await found('http://localhost:5000/CB/')).toEqual([])
      expect(await found('https://a.example:443/')).toEqual([application.id])
      expect(await found('https://A.example')).toEqual([application.id])
      expect(await found('https://b.example/')).toEqual([])
    })

    it('is found by what is registered now', async () => {
      const before = withUris(['https://a.example/old'])
      await create(stores(), before)
      const application = { ...before, web: { ...noWeb, redirectUris: ['https://a.example/new'] } }
      await stores().commit([{ change: 'updateApplication', application }])
      expect(await found('https://a.example/old')).toEqual([])
      expect(await found('https://a.example/new')).toEqual([before.id])
      await stores().commit([{ change: 'deleteApplication', id: before.id, deletedDateTime }])
      expect(await found('https://a.example/new')).toEqual([])
    })

    it('is found by a redirect URI where it is at home or present, or wherever nobody asks for a tenant', async () => {
      const application = withUris(['https://a.example/'])
      await create(stores(), application)
      expect(await found('https://a.example/', otherTenantId)).toEqual([])
      expect(await stores().applications.byRedirectUri('https://a.example/', undefined)).toEqual([application])
      const servicePrincipal = { ...aServicePrincipal(application), tenantId: otherTenantId }
      await stores().commit([{ change: 'createServicePrincipal', servicePrincipal }])
      expect(await found('https://a.example/', otherTenantId.toUpperCase())).toEqual([application.id])
      await stores().commit([{ change: 'deleteServicePrincipal', id: servicePrincipal.id, deletedDateTime }])
      expect(await found('https://a.example/', otherTenantId)).toEqual([])
    })

    it('is found among many that share its redirect URI', async () => {
      await create(stores(), ...Array.from({ length: 60 }, () => withUris([], [], ['http://localhost'])))
      expect(await found('http://localhost:8400')).not.toEqual([])
    })
  })
}
