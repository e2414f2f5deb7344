import type { Application } from '../../directory/application.ts'
import { decidedAgain } from '../../directory/decided-again.ts'
import {
  type FederatedIdentityCredential,
  mostFederatedCredentials,
  parseFederatedCredential,
  parseFederatedCredentialPatch,
  sharedFederatedProperty,
} from '../../directory/federated-identity-credential.ts'
import { applicationToChange, foundApplication } from './applications.ts'
import { type GraphAnswer, type GraphCall, nothing, requiredParam } from './call.ts'
import { filterOf } from './directory-list.ts'
import { alreadyTaken, requestBadRequest, resourceNotFound } from './errors.ts'
import type { EntityType } from './odata/known-properties.ts'
import { ownedList } from './owned-list.ts'
import { requireProperties } from './parsed-properties.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

const resource = 'FederatedIdentityCredential'

const credentialType: EntityType = {
  name: 'federatedIdentityCredential',
  collection: 'federatedIdentityCredentials',
  properties: ['id', 'name', 'issuer', 'subject', 'description', 'audiences'],
}

/** `GET /applications/{id}/federatedIdentityCredentials` */
export async function listFederatedCredentials(call: GraphCall): Promise<GraphAnswer> {
  const filter = filterOf(call.query.filter, credentialType)
  const { id, federatedIdentityCredentials } = await foundApplication(call)
  return ownedList(call, credentialType, contextOf(id), federatedIdentityCredentials.map(credentialEntity), filter)
}

/** `GET /applications/{id}/federatedIdentityCredentials/{id or name}` */
export async function getFederatedCredential(call: GraphCall): Promise<GraphAnswer> {
  const selected = selectedProperties(call.query.select, credentialType)
  const application = await foundApplication(call)
  const entity = projection(credentialEntity(foundCredential(application, call)), selected)
  return { kind: 'entity', context: `${collectionContext(contextOf(application.id), selected)}/$entity`, entity }
}

/** `POST /applications/{id}/federatedIdentityCredentials` */
export async function createFederatedCredential(call: GraphCall): Promise<GraphAnswer> {
  const properties = requireProperties(parseFederatedCredential(call.body), resource)
  const credential = { id: call.parts.newId(), ...properties }
  return decidedAgain(async () => {
    const application = await applicationToChange(call)
    const kept = application.federatedIdentityCredentials
    if (kept.length >= mostFederatedCredentials) {
      throw requestBadRequest(`An application has at most ${mostFederatedCredentials} federated identity credentials.`)
    }
    await commitCredentials(application, credential, [...kept, credential], call)
    const entity = credentialEntity(credential)
    return { kind: 'entity', context: `${contextOf(application.id)}/$entity`, entity, created: '' }
  })
}

/** `PATCH /applications/{id}/federatedIdentityCredentials/{id or name}` */
export async function updateFederatedCredential(call: GraphCall): Promise<GraphAnswer> {
  return decidedAgain(async () => {
    const application = await applicationToChange(call)
    const before = foundCredential(application, call)
    const patch = requireProperties(parseFederatedCredentialPatch(call.body, before), resource)
    const after = { ...before, ...patch }
    const all = application.federatedIdentityCredentials.map((each) => (each.id === after.id ? after : each))
    await commitCredentials(application, after, all, call)
    return nothing
  })
}

/** `DELETE /applications/{id}/federatedIdentityCredentials/{id or name}` */
export async function deleteFederatedCredential(call: GraphCall): Promise<GraphAnswer> {
  return decidedAgain(async () => {
    const application = await applicationToChange(call)
    const { id } = foundCredential(application, call)
    const federatedIdentityCredentials = application.federatedIdentityCredentials.filter((each) => each.id !== id)
    await call.parts.commit([
      { change: 'updateApplication', application: { ...application, federatedIdentityCredentials } },
    ])
    return nothing
  })
}

async function commitCredentials(
  application: Application,
  credential: FederatedIdentityCredential,
  federatedIdentityCredentials: readonly FederatedIdentityCredential[],
  { parts }: GraphCall,
): Promise<void> {
  const shared = sharedFederatedProperty(credential, federatedIdentityCredentials)
  if (shared === 'name') {
    throw alreadyTaken('name', `FederatedIdentityCredential with name ${credential.name} already exists.`)
  }
  if (shared === 'subject') {
    const rule = 'Issuer and subject combination already exists for this object.'
    throw alreadyTaken('subject', `${rule} Both '${credential.issuer}' and '${credential.subject}' are in another one.`)
  }
  await parts.commit([{ change: 'updateApplication', application: { ...application, federatedIdentityCredentials } }])
}

/** @throws {GraphError} 404 */
function foundCredential({ federatedIdentityCredentials }: Application, call: GraphCall): FederatedIdentityCredential {
  const segment = requiredParam(call, 'credential')
  const key = /^\((?:(?:id|name)=)?'([^']*)'\)$/i.exec(segment)?.[1] ?? segment
  const found = federatedIdentityCredentials.find(
    ({ id, name }) => id === key.toLowerCase() || name.toLowerCase() === key.toLowerCase(),
  )
  if (!found) throw resourceNotFound(key)
  return found
}

function credentialEntity({ id, name, issuer, subject, description, audiences }: FederatedIdentityCredential) {
  return { id, name, issuer, subject, description, audiences }
}

function contextOf(applicationId: string): string {
  return `applications('${applicationId}')/federatedIdentityCredentials`
}
