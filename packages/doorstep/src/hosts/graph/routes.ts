import type { Application } from '../../directory/application.ts'
import type { ServicePrincipal } from '../../directory/service-principal.ts'
import {
  createAppRoleAssignment,
  deleteAppRoleAssignment,
  heldByGroup,
  heldByServicePrincipal,
  heldByUser,
  listAppRoleAssignments,
  rolesOfServicePrincipal,
} from './app-role-assignments.ts'
import {
  countApplications,
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  updateApplication,
} from './applications.ts'
import type { Route } from './call.ts'
import {
  countDeletedItems,
  getDeletedItem,
  listDeletedItems,
  removeDeletedItem,
  restoreDeletedItem,
} from './deleted-items.ts'
import { getDomain, listDomains } from './domains.ts'
import {
  createFederatedCredential,
  deleteFederatedCredential,
  getFederatedCredential,
  listFederatedCredentials,
  updateFederatedCredential,
} from './federated-identity-credentials.ts'
import { countGroups, getGroup, listGroups, listMembers } from './groups.ts'
import { getMemberGroups, listMemberships } from './memberships.ts'
import { getOrganization, listOrganization } from './organization.ts'
import { listOwnedObjects } from './owned-objects.ts'
import { addOwner, listOwners, type Owned, ownedApplication, ownedServicePrincipal, removeOwner } from './owners.ts'
import {
  addApplicationPassword,
  addServicePrincipalPassword,
  removeApplicationPassword,
  removeServicePrincipalPassword,
} from './password-credentials.ts'
import {
  createPermissionGrant,
  deletePermissionGrant,
  getPermissionGrant,
  listGrantsOfServicePrincipal,
  listGrantsOfUser,
  listPermissionGrants,
  updatePermissionGrant,
} from './permission-grants.ts'
import { addKey, keysOfApplication, keysOfServicePrincipal, removeKey } from './roll-keys.ts'
import {
  countServicePrincipals,
  createServicePrincipal,
  deleteServicePrincipal,
  getServicePrincipal,
  listServicePrincipals,
  updateServicePrincipal,
} from './service-principals.ts'
import { listSignIns } from './sign-ins.ts'
import { countUsers, createUser, deleteUser, getUser, listUsers, revokeSignInSessions, updateUser } from './users.ts'

function route(method: Route['method'], path: string, operation: Route['operation'], answer: Route['answer']): Route {
  return { method, path, operation, answer }
}

const app = '/applications'
const sp = '/servicePrincipals'
const grant = '/oauth2PermissionGrants'
const users = '/users'
const groups = '/groups'

const federated = '/federatedIdentityCredentials'
const deleted = '/directory/deletedItems'

function ownersOf<Item extends Application | ServicePrincipal>(
  path: string,
  read: Route['operation'],
  owned: Owned<Item>,
): readonly Route[] {
  const owners = `${path}/:key/owners`
  return [
    route('GET', owners, read, listOwners(owned)),
    route('GET', `${owners}/microsoft.graph.user`, read, listOwners(owned, 'user')),
    route('GET', `${owners}/microsoft.graph.servicePrincipal`, read, listOwners(owned, 'servicePrincipal')),
    route('POST', `${owners}/$ref`, 'changeOwners', addOwner(owned)),
    route('DELETE', `${owners}/:id/$ref`, 'changeOwners', removeOwner(owned)),
  ]
}

function ownedBy(path: string, of: 'user' | 'servicePrincipal', read: Route['operation']): readonly Route[] {
  return (['owners', 'createdBy'] as const).flatMap((relation) => {
    const objects = `${path}/${relation === 'owners' ? 'ownedObjects' : 'createdObjects'}`
    return [
      route('GET', objects, read, listOwnedObjects({ of, relation })),
      ...(['application', 'servicePrincipal'] as const).map((kind) =>
        route('GET', `${objects}/microsoft.graph.${kind}`, read, listOwnedObjects({ of, relation, kind })),
      ),
    ]
  })
}

const ofApplications: readonly Route[] = [
  route('GET', app, 'readApplications', listApplications),
  route('GET', `${app}/$count`, 'readApplications', countApplications),
  route('POST', app, 'createApplication', createApplication),
  route('GET', `${app}/:key`, 'readApplications', getApplication),
  route('PATCH', `${app}/:key`, 'changeApplication', updateApplication),
  route('DELETE', `${app}/:key`, 'changeApplication', deleteApplication),
  route('POST', `${app}/:key/addPassword`, 'changeApplicationSecrets', addApplicationPassword),
  route('POST', `${app}/:key/removePassword`, 'changeApplicationSecrets', removeApplicationPassword),
  route('POST', `${app}/:key/addKey`, 'rollKeys', addKey(keysOfApplication)),
  route('POST', `${app}/:key/removeKey`, 'rollKeys', removeKey(keysOfApplication)),
  ...ownersOf(app, 'readApplications', ownedApplication),
  route('GET', `${app}/:key${federated}`, 'readApplications', listFederatedCredentials),
  route('POST', `${app}/:key${federated}`, 'changeApplication', createFederatedCredential),
  route('GET', `${app}/:key${federated}/:credential`, 'readApplications', getFederatedCredential),
  route('PATCH', `${app}/:key${federated}/:credential`, 'changeApplication', updateFederatedCredential),
  route('DELETE', `${app}/:key${federated}/:credential`, 'changeApplication', deleteFederatedCredential),
]

const ofServicePrincipals: readonly Route[] = [
  route('GET', sp, 'readServicePrincipals', listServicePrincipals),
  route('GET', `${sp}/$count`, 'readServicePrincipals', countServicePrincipals),
  route('POST', sp, 'createServicePrincipal', createServicePrincipal),
  route('GET', `${sp}/:key`, 'readServicePrincipals', getServicePrincipal),
  route('PATCH', `${sp}/:key`, 'changeServicePrincipal', updateServicePrincipal),
  route('DELETE', `${sp}/:key`, 'changeServicePrincipal', deleteServicePrincipal),
  route('POST', `${sp}/:key/addPassword`, 'changeServicePrincipal', addServicePrincipalPassword),
  route('POST', `${sp}/:key/removePassword`, 'changeServicePrincipal', removeServicePrincipalPassword),
  route('POST', `${sp}/:key/addKey`, 'rollKeys', addKey(keysOfServicePrincipal)),
  route('POST', `${sp}/:key/removeKey`, 'rollKeys', removeKey(keysOfServicePrincipal)),
  ...ownersOf(sp, 'readServicePrincipals', ownedServicePrincipal),
]

const ofOwners: readonly Route[] = [
  ...ownedBy('/me', 'user', 'readOwnedObjects'),
  ...ownedBy(`${users}/:key`, 'user', 'readOwnedObjects'),
  ...ownedBy(`${sp}/:key`, 'servicePrincipal', 'readServicePrincipals'),
]

const ofDeletedItems: readonly Route[] = [
  ...(
    [
      ['application', 'readDeletedApplications'],
      ['servicePrincipal', 'readDeletedApplications'],
      ['user', 'readDeletedUsers'],
      ['group', 'readDeletedGroups'],
    ] as const
  ).flatMap(([kind, operation]) => [
    route('GET', `${deleted}/microsoft.graph.${kind}`, operation, listDeletedItems(kind)),
    route('GET', `${deleted}/microsoft.graph.${kind}/$count`, operation, countDeletedItems(kind)),
  ]),
  route('GET', `${deleted}/:id`, 'findDeletedItem', getDeletedItem),
  route('POST', `${deleted}/:id/restore`, 'findDeletedItem', restoreDeletedItem),
  route('DELETE', `${deleted}/:id`, 'findDeletedItem', removeDeletedItem),
]

const ofPermissions: readonly Route[] = [
  ...[heldByServicePrincipal, rolesOfServicePrincipal, heldByUser, heldByGroup].flatMap((place) => {
    const path = `/${place.collection}/:key/${place.side}`
    return [
      route('GET', path, 'readAppRoleAssignments', listAppRoleAssignments(place)),
      route('POST', path, 'createAppRoleAssignment', createAppRoleAssignment(place)),
      route('DELETE', `${path}/:id`, 'deleteAppRoleAssignment', deleteAppRoleAssignment(place)),
    ]
  }),
  route('GET', '/me/appRoleAssignments', 'readAppRoleAssignments', listAppRoleAssignments(heldByUser)),

  route('GET', grant, 'readPermissionGrants', listPermissionGrants),
  route('POST', grant, 'changePermissionGrants', createPermissionGrant),
  route('GET', `${grant}/:id`, 'readPermissionGrants', getPermissionGrant),
  route('PATCH', `${grant}/:id`, 'changePermissionGrants', updatePermissionGrant),
  route('DELETE', `${grant}/:id`, 'changePermissionGrants', deletePermissionGrant),
  route('GET', `${sp}/:key${grant}`, 'readPermissionGrants', listGrantsOfServicePrincipal),
  route('GET', `${users}/:key${grant}`, 'readPermissionGrants', listGrantsOfUser),
  route('GET', `/me${grant}`, 'readPermissionGrants', listGrantsOfUser),
]

const ofPeople: readonly Route[] = [
  route('GET', '/me', 'readMe', getUser),
  route('GET', users, 'listUsers', listUsers),
  route('GET', `${users}/$count`, 'listUsers', countUsers),
  route('POST', users, 'createUser', createUser),
  route('GET', `${users}/:key`, 'readUser', getUser),
  route('PATCH', `${users}/:key`, 'changeUser', updateUser),
  route('DELETE', `${users}/:key`, 'deleteUser', deleteUser),
  ...['/me', `${users}/:key`].flatMap((person) => [
    route('POST', `${person}/revokeSignInSessions`, 'revokeSessions', revokeSignInSessions),
    route('GET', `${person}/memberOf`, 'readMemberships', listMemberships('direct')),
    route('GET', `${person}/transitiveMemberOf`, 'readMemberships', listMemberships('transitive')),
    route('POST', `${person}/getMemberGroups`, 'readMemberships', getMemberGroups),
  ]),

  route('GET', groups, 'listGroups', listGroups),
  route('GET', `${groups}/$count`, 'listGroups', countGroups),
  route('GET', `${groups}/:key`, 'readGroup', getGroup),
  route('GET', `${groups}/:key/members`, 'readGroupMembers', listMembers),
]

const ofTenant: readonly Route[] = [
  route('GET', '/organization', 'readOrganization', listOrganization),
  route('GET', '/organization/:key', 'readOrganization', getOrganization),
  route('GET', '/domains', 'readDomains', listDomains),
  route('GET', '/domains/:key', 'readDomains', getDomain),
  route('GET', '/auditLogs/signIns', 'readSignIns', listSignIns),
]

/**
 * Every operation of Microsoft Graph that is served. `:key` is an object id or `(appId='…')`, of a user also his
 * principal name.
 */
export const routes: readonly Route[] = [
  ...ofApplications,
  ...ofServicePrincipals,
  ...ofOwners,
  ...ofDeletedItems,
  ...ofPermissions,
  ...ofPeople,
  ...ofTenant,
]
