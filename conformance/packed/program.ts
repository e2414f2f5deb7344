import { readFileSync } from 'node:fs'
import type { TokenCredential } from '@azure/core-auth'
import { ClientSecretCredential, cached, createFetch, nodeTransport } from '@doorstep/client'
import { createGuard, guarded } from '@doorstep/guard'

const { AUTHORITY_HOST = '', CA = '', TENANT_ID = '', CLIENT_ID = '', CLIENT_SECRET = '' } = process.env

const credential: TokenCredential = cached(
  new ClientSecretCredential({
    tenantId: TENANT_ID,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    authorityHost: AUTHORITY_HOST,
    transport: nodeTransport({ ca: readFileSync(CA, 'utf8') }),
  }),
)
const token = await credential.getToken(`${CLIENT_ID}/.default`)
const guard = createGuard({ tenants: [TENANT_ID], audience: CLIENT_ID, authorityHosts: [AUTHORITY_HOST] })
const api = guarded(guard, () => new Response('let in'))
const answer = await api(
  new Request('https://api.example/', { headers: { authorization: `Bearer ${token?.token ?? ''}` } }),
)
console.log(answer.status, await answer.text(), typeof createFetch)
