import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { FastifyInstance, FastifyRequest, InjectOptions, LightMyRequestResponse } from 'fastify'

/** What was asked, before a host looks at the path: HTTP/1.1 or 2, over TLS or through the proxy in absolute form. */
export type RawRequest = IncomingMessage | Http2ServerRequest
export type RawResponse = ServerResponse | Http2ServerResponse

/**
 * The name a request came by. `entra`: one of the intercepted names, `host` in lower case. `local`: the listener's
 * own origin, `https://localhost:<port>`; 127.0.0.1 and [::1] count as localhost. It decides issuer and links.
 */
export type AskedOrigin =
  | {
      readonly kind: 'entra'
      readonly host: string
      /** The run through whose ports it came; without one it came to the listener or the proxy that all share. */
      readonly runId?: string | undefined
    }
  | { readonly kind: 'local'; readonly origin: string; readonly runId?: string | undefined }

/** A room that answers. On the local origin its path prefix is cut off already. */
export interface Host {
  handle(request: RawRequest, response: RawResponse, asked: AskedOrigin): void
}

/** By which name the request came whose parts are being answered. */
const originOfParts = new AsyncLocalStorage<AskedOrigin>()

const askedOrigins = new WeakMap<object, AskedOrigin>()

/** The name by which this request came; `raw` is Fastify's `request.raw`. */
export function askedOrigin(raw: object): AskedOrigin {
  const asked = askedOrigins.get(raw) ?? originOfParts.getStore()
  if (!asked) throw new Error('This request did not come through a host.')
  return asked
}

/** Sends a part of a request through the same routes and phases as if it had come by itself, by the same name. */
export function answerPart(
  app: FastifyInstance,
  asked: AskedOrigin,
  part: InjectOptions,
): Promise<LightMyRequestResponse> {
  // Fastify sends the part when somebody waits for it, which must be in here.
  return originOfParts.run(asked, async () => await app.inject(part))
}

/** Whether a browser only asks if a page may send a request (Fetch Standard, CORS-preflight request). */
export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

/** Makes a host of a Fastify instance with its routes: waits for its plugins, then hands requests to its router. */
export async function fastifyHost(app: FastifyInstance): Promise<Host> {
  await app.ready()
  return {
    handle(request, response, asked) {
      askedOrigins.set(request, asked)
      app.routing(request as IncomingMessage, response as ServerResponse)
    },
  }
}
