import type { DirectoryChange } from '../directory/changes.ts'
import {
  defaultPasswordLifetimeInYears,
  type StoredPasswordCredential,
  yearsAfter,
} from '../directory/password-credential.ts'
import { hintOf } from '../secrets/secret-keeper.ts'
import type { Seed, SeedPasswordCredential } from './form.ts'
import type { IdentifiedApplication } from './identities.ts'
import type { Planning, SeedParts } from './plan-parts.ts'

/** One hash over all secret texts of a seed file, and over whose they are. */
export function seedSecretsHash(seed: Seed, { keyedHash }: Pick<SeedParts, 'keyedHash'>): string {
  const ofTenants = (seed.tenants ?? []).map(({ domain, users, applications }) => [
    domain,
    (users ?? []).map(({ userPrincipalName, password, passwordProfile }) => [
      userPrincipalName,
      password ?? passwordProfile?.password ?? null,
    ]),
    (applications ?? []).map(({ appId, displayName, passwordCredentials }) => [
      appId ?? displayName,
      (passwordCredentials ?? []).map((credential) => [
        credential.keyId ?? null,
        credential.displayName ?? null,
        credential.secretText,
      ]),
    ]),
  ])
  const ofPersonalAccounts = (seed.personalAccounts ?? []).map(({ userPrincipalName, password }) => [
    userPrincipalName,
    password ?? null,
  ])
  return keyedHash(JSON.stringify([...ofTenants, ...ofPersonalAccounts]))
}

/**
 * Client secrets of one application: adds those it does not have, and takes away one that had the same key id or the
 * same name and another text. Secrets with other names, made elsewhere, stay.
 */
export async function planSecrets(
  { form, kept, id }: IdentifiedApplication,
  planning: Planning,
): Promise<readonly DirectoryChange[]> {
  const wanted = form.passwordCredentials ?? []
  if (wanted.length === 0 || (kept && planning.secretsUnchanged)) return []
  const before = kept ? await planning.reads.passwordCredentials.byOwner(id) : []
  const found = await Promise.all(wanted.map((secret) => keptSecret(secret, before, planning.parts)))
  const missing = wanted.filter((_, index) => found[index] === undefined)
  const superseded = before.filter(
    (credential) => !found.includes(credential) && missing.some((secret) => replaces(secret, credential)),
  )
  const added = await Promise.all(missing.map((secret) => newCredential(secret, id, planning)))
  return [
    ...superseded.map(({ keyId }) => ({ change: 'removePasswordCredential' as const, ownerId: id, keyId })),
    ...added.map((credential) => ({ change: 'addPasswordCredential' as const, credential })),
  ]
}

/** The kept credential with this text; the hint spares hashing the others. */
async function keptSecret(
  { secretText, keyId }: SeedPasswordCredential,
  before: readonly StoredPasswordCredential[],
  { matches }: SeedParts,
): Promise<StoredPasswordCredential | undefined> {
  for (const credential of before) {
    if (credential.hint !== hintOf(secretText) || (keyId !== undefined && keyId !== credential.keyId)) continue
    if (await matches(secretText, credential.secretHash)) return credential
  }
  return undefined
}

function replaces(secret: SeedPasswordCredential, kept: StoredPasswordCredential): boolean {
  if (secret.keyId !== undefined) return secret.keyId === kept.keyId
  return (secret.displayName ?? null) !== null && secret.displayName === kept.displayName
}

async function newCredential(
  secret: SeedPasswordCredential,
  ownerId: string,
  { parts, now }: Planning,
): Promise<StoredPasswordCredential> {
  const startDateTime = secret.startDateTime ?? now
  return {
    keyId: secret.keyId ?? parts.newId(),
    ownerId,
    displayName: secret.displayName ?? null,
    hint: hintOf(secret.secretText),
    secretHash: await parts.hashChosen(secret.secretText),
    startDateTime,
    endDateTime: secret.endDateTime ?? yearsAfter(startDateTime, defaultPasswordLifetimeInYears),
  }
}
