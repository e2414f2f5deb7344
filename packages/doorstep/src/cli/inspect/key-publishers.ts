import type { JsonWebKey } from 'node:crypto'
import { nodeTransport, type Transport } from '@doorstep/client'
import type { LocalCloud } from '../control-client.ts'
import { messageOf, UnreachableError } from '../failure.ts'
import { parseJson, requestLocal } from '../local-https.ts'
import type { ReadIssuer } from './issuer.ts'

export type PublishedKey = JsonWebKey & { readonly kid?: unknown }

/** Who publishes keys. */
export interface KeyPublisher {
  /** For people. */
  readonly name: string
  /** The origins under whose names it issues, besides the real ones. */
  readonly origins: readonly string[]
  /** The published keys, or a sentence that says why they cannot be had. */
  keys(): Promise<readonly PublishedKey[] | string>
}

export function localPublisher({ instance, ca }: LocalCloud): KeyPublisher {
  const { url, publicName } = instance
  const publicOrigin = publicName ? [url.replace('localhost', publicName.toLowerCase())] : []
  return {
    name: url,
    origins: [url, ...publicOrigin],
    async keys() {
      const address = `${url}/common/discovery/v2.0/keys`
      const answer = await requestLocal({ url: address, ca, method: 'GET' }).catch((error: unknown) => {
        if (error instanceof UnreachableError) return error.message
        throw error
      })
      return typeof answer === 'string' ? answer : keysOf(answer.body, address)
    },
  }
}

const TIMEOUT = 10_000

/** The keys of a real cloud; v1.0 publishes one set for every tenant. */
export function realPublisher(
  { version, tenantId }: ReadIssuer,
  authority: string,
  transport: Transport = nodeTransport(),
): KeyPublisher {
  const address = `${authority}${version === '1.0' ? '/common/discovery/keys' : `/${tenantId}/discovery/v2.0/keys`}`
  return {
    name: authority,
    origins: [],
    async keys() {
      const request = { method: 'GET', url: address, headers: { accept: 'application/json' } } as const
      try {
        const { status, body } = await transport({ ...request, timeoutMilliseconds: TIMEOUT })
        return status === 200 ? keysOf(parseJson(body), address) : `${address} answered with status ${status}`
      } catch (error) {
        return `${authority} cannot be reached (${messageOf(error)})`
      }
    },
  }
}

function keysOf(body: unknown, address: string): readonly PublishedKey[] | string {
  const keys = (body as { keys?: unknown } | undefined)?.keys
  return Array.isArray(keys) ? (keys as PublishedKey[]) : `${address} answered with something that is no key set`
}
