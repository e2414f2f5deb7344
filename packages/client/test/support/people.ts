import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type CloudOfPeople, orders, startCloudOfPeople } from '../../../../conformance/support/cloud-of-people.ts'
import { type BrowserProgram, startBrowserProgram } from '../../../../conformance/support/opened-address.ts'
import { nodeTransport, type Transport, type TransportRequest, type TransportResponse } from '../../src/index.ts'

/** A program on people's machines. */
export const tool = { clientId: '6c90485f-ae31-4dc8-b04f-915c2d7eaf43' }
/** A web app with a secret. */
export const website = {
  clientId: '7da1596f-bf42-4ed9-915f-a26d3e8fb054',
  clientSecret: 'Web8Q~only-secret-of-the-website-000001',
}

const applications = [
  {
    displayName: 'tool',
    appId: tool.clientId,
    signInAudience: 'AzureADMultipleOrgs',
    isFallbackPublicClient: true,
    publicClient: { redirectUris: ['http://localhost', 'http://localhost/answer'] },
    permissions: ['Orders API/Orders.Read', 'Microsoft Graph/User.Read'],
  },
  {
    displayName: 'website',
    appId: website.clientId,
    web: { redirectUris: ['http://localhost:8080'] },
    passwordCredentials: [{ secretText: website.clientSecret }],
    permissions: ['Orders API/Orders.Read'],
  },
]

/** A local cloud with people, and a browser on this machine that says what it was to open. */
export interface World {
  readonly cloud: CloudOfPeople
  readonly browser: BrowserProgram
  /** Options of a credential of the tool. */
  readonly own: { tenantId: string; clientId: string; authorityHost: string; transport: Transport }
  readonly requests: TransportRequest[]
  /** Lets a test spoil the answers that come; forgotten by the next call. */
  spoil(
    answer?: (request: TransportRequest, response: TransportResponse) => TransportResponse | Promise<TransportResponse>,
  ): void
  stop(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const [cloud, browser] = await Promise.all([startCloudOfPeople(applications), startBrowserProgram()])
  const before = process.env.BROWSER
  process.env.BROWSER = browser.environment.DOORSTEP_BROWSER
  const requests: TransportRequest[] = []
  const direct = nodeTransport({ ca: cloud.doorstep.ca })
  let spoiled: Parameters<World['spoil']>[0]
  const transport: Transport = async (request) => {
    requests.push(request)
    const response = await direct(request)
    return spoiled === undefined ? response : spoiled(request, response)
  }
  return {
    cloud,
    browser,
    requests,
    own: { tenantId: cloud.tenantId, clientId: tool.clientId, authorityHost: cloud.doorstep.url, transport },
    spoil: (answer) => {
      spoiled = answer
    },
    async stop() {
      if (before === undefined) delete process.env.BROWSER
      else process.env.BROWSER = before
      await Promise.all([cloud.stop(), browser.close()])
    },
  }
}

/** The loopback addresses of this machine, which may know no IPv6. */
export const loopbackAddresses: readonly string[] = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses)
  .flatMap(({ internal, address }) => (internal && ['127.0.0.1', '::1'].includes(address) ? [address] : []))

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The error that a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`It was not refused: ${JSON.stringify(value)}`)
    },
    (error: unknown) => error,
  )
}

/** The claims of a JWT, its signature unchecked. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into claims whose shape is what they test
export function claimsOf(token: string): any {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

export { orders }
