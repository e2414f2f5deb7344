import { z } from 'zod'
import {
  defaultPasswordLifetimeInYears,
  type StoredPasswordCredential,
  shownPasswordCredential,
  yearsAfter,
} from '../../directory/password-credential.ts'
import { firstProblem } from '../../directory/property-problem.ts'
import { applicationToChange } from './applications.ts'
import { type GraphAnswer, type GraphCall, nothing } from './call.ts'
import { requestBadRequest } from './errors.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { newPasswordCredentialEntity } from './password-credential-representation.ts'
import { servicePrincipalToChange } from './service-principals.ts'

const resource = 'PasswordCredential'

/** `POST /applications/{id}/addPassword` */
export async function addApplicationPassword(call: GraphCall): Promise<GraphAnswer> {
  return addPassword(call, await applicationToChange(call))
}

/** `POST /applications/{id}/removePassword` */
export async function removeApplicationPassword(call: GraphCall): Promise<GraphAnswer> {
  return removePassword(call, await applicationToChange(call))
}

/** `POST /servicePrincipals/{id}/addPassword` */
export async function addServicePrincipalPassword(call: GraphCall): Promise<GraphAnswer> {
  return addPassword(call, await servicePrincipalToChange(call))
}

/** `POST /servicePrincipals/{id}/removePassword` */
export async function removeServicePrincipalPassword(call: GraphCall): Promise<GraphAnswer> {
  return removePassword(call, await servicePrincipalToChange(call))
}

/** Makes a secret and shows it, this once. */
async function addPassword({ parts, body, now }: GraphCall, { id }: { readonly id: string }): Promise<GraphAnswer> {
  const { keyId = parts.newId(), ...wanted } = parseNewPassword(body, now)
  const { secretText, secretHash, hint } = parts.newSecret()
  const credential: StoredPasswordCredential = { ...wanted, ownerId: id, keyId, hint, secretHash }
  await parts.commit([{ change: 'addPasswordCredential', credential }])
  return {
    kind: 'entity',
    context: 'microsoft.graph.passwordCredential',
    entity: newPasswordCredentialEntity(shownPasswordCredential(credential), secretText),
  }
}

async function removePassword({ parts, body }: GraphCall, { id }: { readonly id: string }): Promise<GraphAnswer> {
  const parsed = z.strictObject({ keyId: z.guid({ error: 'Expected a GUID' }).toLowerCase() }).safeParse(body)
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
  const { keyId } = parsed.data
  const credentials = await parts.passwordCredentials.byOwner(id)
  if (!credentials.some((credential) => credential.keyId === keyId)) {
    throw requestBadRequest(`No password credential found with keyId '${keyId}'.`)
  }
  await parts.commit([{ change: 'removePasswordCredential', ownerId: id, keyId }])
  return nothing
}

/** What a caller may say about a new secret; never its text, which the service makes. */
function parseNewPassword(body: unknown, now: string) {
  const dateTime = z.iso
    .datetime({ offset: true, error: 'Expected a date and time such as 2030-01-02T03:04:05Z' })
    .transform((value) => new Date(value).toISOString())
    .nullish()
  const passwordCredential = z.strictObject({
    displayName: z.string().max(256, 'Expected at most 256 characters').nullish(),
    startDateTime: dateTime,
    endDateTime: dateTime,
    customKeyIdentifier: z.string().nullish(),
    hint: z.null({ error: 'The service makes it; leave it out' }).optional(),
    keyId: z.guid({ error: 'Expected a GUID' }).toLowerCase().nullish(),
    secretText: z.null({ error: 'The service makes the secret; leave it out' }).optional(),
  })
  const parsed = z.strictObject({ passwordCredential: passwordCredential.nullish() }).safeParse(body ?? {})
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
  const { displayName, startDateTime, endDateTime, keyId } = parsed.data.passwordCredential ?? {}
  const start = startDateTime ?? now
  const end = endDateTime ?? yearsAfter(start, defaultPasswordLifetimeInYears)
  if (end <= start) {
    const message = `It is ${end}, which is not after startDateTime, ${start}.`
    throw propertyRefusal({ path: 'endDateTime', kind: 'invalid', message }, resource)
  }
  return { keyId: keyId ?? undefined, displayName: displayName ?? null, startDateTime: start, endDateTime: end }
}
