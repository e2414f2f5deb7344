import { durationForm, parseDuration } from '../../duration.ts'
import { RefusedError, UsageError } from '../failure.ts'
import type { Application } from './application.ts'
import { type GraphClient, onceReplicated } from './graph-client.ts'

/** A secret that was just made; `secretText` is never shown again. */
export interface NewSecret {
  readonly keyId: string
  readonly secretText: string
  readonly displayName?: string | null
  readonly endDateTime: string
}

export interface SecretProperties {
  readonly displayName?: string | undefined
  /** Undefined: as long as the platform gives, two years. */
  readonly lifetimeSeconds?: number | undefined
}

/** Adds a client secret to an application. */
export function addSecret(
  graph: GraphClient,
  { id }: Pick<Application, 'id'>,
  { displayName, lifetimeSeconds }: SecretProperties,
  now: number,
): Promise<NewSecret> {
  const passwordCredential = {
    ...(displayName !== undefined && { displayName }),
    ...(lifetimeSeconds !== undefined && { endDateTime: new Date(now + lifetimeSeconds * 1000).toISOString() }),
  }
  return onceReplicated(graph, () => graph.post<NewSecret>(`/applications/${id}/addPassword`, { passwordCredential }))
}

/** Seconds of `--expires`. @throws {UsageError} */
export function parseLifetime(text: string): number {
  const seconds = parseDuration(text)
  if (seconds !== undefined && seconds > 0) return seconds
  throw new UsageError(`'${text}' is no lifetime: write ${durationForm}.`)
}

/** The one of several credentials that a person means by its id, its description or its first characters. */
export function findCredential<C extends { keyId: string; displayName?: string | null; hint?: string | null }>(
  credentials: readonly C[],
  wanted: string,
  what: 'secret' | 'certificate',
): C {
  const folded = wanted.toLowerCase()
  const found = credentials.filter(
    ({ keyId, displayName, hint }) => keyId.toLowerCase() === folded || displayName === wanted || hint === wanted,
  )
  const [only, ...others] = found
  if (only && others.length === 0) return only
  const lines = credentials.map(({ keyId, displayName }) => `  ${keyId}  ${displayName ?? ''}`.trimEnd())
  const there = lines.length === 0 ? `It has no ${what}.` : ['It has:', ...lines].join('\n')
  const problem = only
    ? `${found.length} are called ${wanted}; name one by its id.`
    : `There is no ${what} '${wanted}'.`
  throw new RefusedError(`${problem} ${there}`)
}
