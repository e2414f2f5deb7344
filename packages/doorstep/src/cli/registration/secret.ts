import { durationForm, parseDuration } from '../../duration.ts'
import { RefusedError, UsageError } from '../failure.ts'
import type { Application, Credential } from './application.ts'
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
export function findCredential<C extends Credential>(
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
  const lines = (only ? found : credentials).map((credential) => `  ${credentialText(credential)}`)
  if (only) throw new RefusedError([`${found.length} are called ${wanted}; name one by its id:`, ...lines].join('\n'))
  const there = lines.length === 0 ? `It has no ${what}.` : ['It has:', ...lines].join('\n')
  throw new RefusedError(`There is no ${what} '${wanted}'. ${there}`)
}

/** A secret or certificate for people: id, description, first characters, end. */
export function credentialText({ keyId, displayName, hint, endDateTime }: Credential): string {
  const parts = [keyId, displayName, hint && `${hint}…`, endDateTime && `until ${endDateTime}`]
  return parts.filter(Boolean).join('  ')
}
