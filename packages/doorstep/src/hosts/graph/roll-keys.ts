import { z } from 'zod'
import type { Application, KeyCredential } from '../../directory/application.ts'
import type { DirectoryChange } from '../../directory/changes.ts'
import { decidedAgain } from '../../directory/decided-again.ts'
import { keyCredentialSchema } from '../../directory/key-credential.ts'
import { firstProblem, isRecord } from '../../directory/property-problem.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import { possessionProblem } from '../../protocol/client-authentication/key-possession.ts'
import { foundApplication } from './applications.ts'
import { type GraphAnswer, type GraphCall, nothing, requireOwnership } from './call.ts'
import { GraphError, insufficientPrivileges, requestBadRequest } from './errors.ts'
import { keyCredentialEntity, requireValidKeys, withCertificateDetails } from './key-credentials.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { foundServicePrincipal } from './service-principals.ts'

const resource = 'KeyCredential'

/** What has certificates that can be rolled. */
interface KeyHolder<Item extends Application | ServicePrincipal> {
  readonly find: (call: GraphCall) => Promise<Item>
  readonly changed: (item: Item, keyCredentials: readonly KeyCredential[]) => DirectoryChange
}

export const keysOfApplication: KeyHolder<Application> = {
  find: foundApplication,
  changed: (item, keyCredentials) => ({ change: 'updateApplication', application: { ...item, keyCredentials } }),
}
export const keysOfServicePrincipal: KeyHolder<ServicePrincipal> = {
  find: foundServicePrincipal,
  changed: (item, keyCredentials) => ({
    change: 'updateServicePrincipal',
    servicePrincipal: { ...item, keyCredentials },
  }),
}

const proof = z.string().min(1)

/** `POST …/addKey`: a further certificate, for who proves to have the key of one that is there. */
export function addKey<Item extends Application | ServicePrincipal>({ find, changed }: KeyHolder<Item>) {
  return (call: GraphCall): Promise<GraphAnswer> =>
    decidedAgain(async () => {
      const item = await itemToRoll(find, call)
      const wanted = parseNewKey(call)
      requireProof(wanted.proof, item, call)
      const keyCredentials = [...item.keyCredentials, wanted.credential]
      requireValidKeys(keyCredentials, item.keyCredentials, call, resource)
      await call.parts.commit([changed(item, keyCredentials)])
      const entity = keyCredentialEntity(wanted.credential, false)
      return { kind: 'entity', context: 'microsoft.graph.keyCredential', entity }
    })
}

/** `POST …/removeKey`, with the same proof. */
export function removeKey<Item extends Application | ServicePrincipal>({ find, changed }: KeyHolder<Item>) {
  return (call: GraphCall): Promise<GraphAnswer> =>
    decidedAgain(async () => {
      const item = await itemToRoll(find, call)
      const keyId = z.guid({ error: 'Expected a GUID' }).toLowerCase()
      const parsed = z.strictObject({ keyId, proof }).safeParse(call.body)
      if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
      requireProof(parsed.data.proof, item, call)
      const keyCredentials = item.keyCredentials.filter((key) => key.keyId !== parsed.data.keyId)
      if (keyCredentials.length === item.keyCredentials.length) {
        throw requestBadRequest(`No key credential found with keyId '${parsed.data.keyId}'.`)
      }
      await call.parts.commit([changed(item, keyCredentials)])
      return nothing
    })
}

/** An application rolls its own keys without any permission. @throws {GraphError} 404, 403 */
async function itemToRoll<Item extends Application | ServicePrincipal>(
  find: (call: GraphCall) => Promise<Item>,
  call: GraphCall,
): Promise<Item> {
  const item = await find(call)
  const { caller, reach, parts } = call
  const own = caller.kind === 'app' ? await parts.servicePrincipals.byId(caller.objectId) : undefined
  if (own?.appId === item.appId) return item
  if (reach === 'itself') throw insufficientPrivileges()
  requireOwnership(call, item.owners)
  return item
}

function parseNewKey({ body, parts }: GraphCall): { readonly credential: KeyCredential; readonly proof: string } {
  const given = isRecord(body) ? body : {}
  const { keyCredentials } = withCertificateDetails({ keyCredentials: [given.keyCredential] }, [], parts.newId) as {
    readonly keyCredentials: readonly unknown[]
  }
  const parsed = z
    .strictObject({ keyCredential: keyCredentialSchema, passwordCredential: z.null().optional(), proof })
    .safeParse({ ...given, keyCredential: keyCredentials[0] })
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), resource)
  return { credential: parsed.data.keyCredential, proof: parsed.data.proof }
}

/** @throws {GraphError} 401 in the platform's words, which say nothing of the proof; what is wrong with it follows */
function requireProof(sent: string, { id, keyCredentials }: Application | ServicePrincipal, { now }: GraphCall): void {
  const problem = possessionProblem(sent, { objectId: id, keyCredentials, now: Date.parse(now) })
  if (problem === undefined) return
  throw new GraphError(401, 'Authentication_MissingOrMalformed', `Access Token missing or malformed. ${problem}`)
}
