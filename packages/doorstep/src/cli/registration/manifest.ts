import { UsageError } from '../failure.ts'
import type { Credential, Registration } from './application.ts'
import { certificatesLeftOut, secretsLeftOut } from './left-out.ts'
import { isOlderManifest, readOlderManifest } from './older-manifest.ts'

/** A manifest made into what a new registration takes. */
export interface ReadManifest {
  readonly registration: Registration
  /** The client id that it had; identifier URIs may hold it. */
  readonly appId: string | undefined
  /** What it says of itself that a new registration cannot take over. */
  readonly facts: Pick<Registration, 'publisherDomain' | 'passwordCredentials' | 'keyCredentials'>
  /** What cannot come along, and why; one sentence each. */
  readonly leftOut: readonly string[]
}

/** What the directory decides, or what was another registration's own. */
const serversOwn = [
  'id',
  'appId',
  'createdDateTime',
  'deletedDateTime',
  'publisherDomain',
  'applicationTemplateId',
  'disabledByMicrosoftStatus',
  'certification',
  'verifiedPublisher',
  'createdByAppId',
  'isAuthorizationServiceEnabled',
  'authenticationBehaviors',
  'owners',
  'adminConsent',
]

/** Reads the text of a portal manifest, of the Microsoft Graph format or the older one. @throws {UsageError} */
export function readManifest(text: string, name: string): ReadManifest {
  const value = parsed(text, name)
  const facts = factsOf(value)
  if (isOlderManifest(value)) return { ...readOlderManifest(value), facts }
  if (typeof value.displayName !== 'string' || value.displayName === '') {
    throw new UsageError(
      `${name} is no manifest of an application: it has neither displayName (Microsoft Graph format) nor replyUrlsWithType (the older one).`,
    )
  }
  const { leftOut, registration } = withoutSecrets(value)
  return { registration: registration as unknown as Registration, appId: textOf(value.appId), facts, leftOut }
}

function parsed(text: string, name: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${name} is no JSON: ${(error as Error).message}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new UsageError(`${name} is no manifest: expected an object, { "displayName": … }.`)
}

function factsOf({ publisherDomain, passwordCredentials, keyCredentials }: Readonly<Record<string, unknown>>) {
  return {
    publisherDomain: textOf(publisherDomain) ?? null,
    passwordCredentials: credentialsIn(passwordCredentials),
    keyCredentials: credentialsIn(keyCredentials),
  }
}

function credentialsIn(value: unknown): readonly Credential[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : []
  return entries.filter((entry): entry is Credential => typeof entry === 'object' && entry !== null)
}

function withoutSecrets(value: Readonly<Record<string, unknown>>) {
  const leftOut: string[] = []
  const registration: Record<string, unknown> = {}
  for (const [member, content] of Object.entries(value)) {
    if (content === null || member.startsWith('@') || member.includes('@odata') || serversOwn.includes(member)) continue
    if (member === 'passwordCredentials') leftOut.push(...secretsLeftOut(content))
    else if (member === 'keyCredentials') leftOut.push(...certificatesLeftOut(content))
    else registration[member] = member === 'info' ? withoutLogo(content) : content
  }
  return { leftOut, registration }
}

/** The logo is a picture of its own, which is uploaded. */
function withoutLogo(info: unknown): unknown {
  if (typeof info !== 'object' || info === null) return info
  return Object.fromEntries(Object.entries(info).filter(([name, value]) => name !== 'logoUrl' && value !== null))
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** An application of Graph as the portal shows its manifest. */
export function manifestOf(application: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(application).filter(([name]) => !name.startsWith('@')))
}

/** Identifier URIs of a manifest with the new client id in place of the old one. */
export function renamedIdentifierUris(uris: readonly string[], before: string | undefined, after: string): string[] {
  if (before === undefined) return [...uris]
  return uris.map((uri) => uri.replaceAll(new RegExp(before.replace(/[^\w-]/g, ''), 'gi'), after))
}
