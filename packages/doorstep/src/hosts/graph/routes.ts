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
import type { Operation } from './authorize.ts'
import type { Route } from './call.ts'
import { changePassword } from './change-password.ts'
import {
  countDeletedItems,
  getDeletedItem,
  listDeletedItems,
  removeDeletedItem,
  restoreDeletedItem,
} from './deleted-items.ts'
import { principalKinds } from './directory-objects.ts'
import {
  activateDirectoryRole,
  addRoleMember,
  countRoleMembers,
  getDirectoryRole,
  getDirectoryRoleTemplate,
  listDirectoryRoles,
  listDirectoryRoleTemplates,
  listRoleMembers,
  removeRoleMember,
} from './directory-roles.ts'
import { getDomain, listDomains } from './domains.ts'
import {
  createFederatedCredential,
  deleteFederatedCredential,
  getFederatedCredential,
  listFederatedCredentials,
  updateFederatedCredential,
} from './federated-identity-credentials.ts'
import {
  addMember,
  countMembers,
  listMembers,
  type MembersAsked,
  refuseWithoutReference,
  removeMember,
} from './group-members.ts'
import { addGroupOwner, countGroupOwners, listGroupOwners, removeGroupOwner } from './group-owners.ts'
import { countGroups, createGroup, deleteGroup, getGroup, listGroups, updateGroup } from './groups.ts'
import { createInvitation } from './invitations.ts'
import { countDirectReports, getManager, listDirectReports, removeManager, setManager } from './managers.ts'
import {
  checkMemberGroups,
  checkMemberObjects,
  countMemberships,
  getMemberGroups,
  getMemberObjects,
  listMemberships,
  type MembershipsAsked,
  memberGroup,
  memberObject,
  memberServicePrincipal,
  memberUser,
} from './memberships.ts'
import { getByIds, getDirectoryObject } from './objects-by-id.ts'
import { getOrganization, listOrganization } from './organization.ts'
import { listOwnedObjects } from './owned-objects.ts'
import {
  addOwner,
  countOwners,
  listOwners,
  type Owned,
  ownedApplication,
  ownedServicePrincipal,
  removeOwner,
} from './owners.ts'
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
import { getAuthorizationPolicy, getDefaultAppManagementPolicy, updateAuthorizationPolicy } from './policies.ts'
import {
  createRoleAssignment,
  deleteRoleAssignment,
  getRoleAssignment,
  getRoleDefinition,
  listRoleAssignments,
  listRoleDefinitions,
} from './role-management.ts'
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

function route(
  method: Route['method'],
  path: string,
  operation: Route['operation'],
  answer: Route['answer'],
  options: NonNullable<Route['options']> = [],
): Route {
  return { method, path, operation, answer, options }
}

const listOptions = ['$orderby', '$search', '$expand'] as const
const countOptions = ['$search'] as const
const objectOptions = ['$expand'] as const

const app = '/applications'
const sp = '/servicePrincipals'
const grant = '/oauth2PermissionGrants'
const users = '/users'
const groups = '/groups'

const federated = '/federatedIdentityCredentials'
const deleted = '/directory/deletedItems'

/** The casts at the end of a path to owners, and what they leave. */
const ownerKinds = [
  ['', undefined],
  ['/microsoft.graph.user', 'user'],
  ['/microsoft.graph.servicePrincipal', 'servicePrincipal'],
] as const

function ownersOf<Item extends Application | ServicePrincipal>(
  path: string,
  read: Route['operation'],
  owned: Owned<Item>,
): readonly Route[] {
  const owners = `${path}/:key/owners`
  return [
    ...ownerKinds.flatMap(([cast, kind]) => [
      route('GET', `${owners}${cast}`, read, listOwners(owned, kind)),
      route('GET', `${owners}${cast}/$count`, read, countOwners(owned, kind)),
    ]),
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
  route('GET', app, 'readApplications', listApplications, listOptions),
  route('GET', `${app}/$count`, 'readApplications', countApplications, countOptions),
  route('POST', app, 'createApplication', createApplication),
  route('GET', `${app}/:key`, 'readApplications', getApplication, objectOptions),
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
  route('GET', sp, 'readServicePrincipals', listServicePrincipals, listOptions),
  route('GET', `${sp}/$count`, 'readServicePrincipals', countServicePrincipals, countOptions),
  route('POST', sp, 'createServicePrincipal', createServicePrincipal),
  route('GET', `${sp}/:key`, 'readServicePrincipals', getServicePrincipal, objectOptions),
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
  route('GET', '/me', 'readMe', getUser, objectOptions),
  route('GET', users, 'listUsers', listUsers, listOptions),
  route('GET', `${users}/$count`, 'listUsers', countUsers, countOptions),
  route('POST', users, 'createUser', createUser),
  route('GET', `${users}/:key`, 'readUser', getUser, objectOptions),
  route('PATCH', `${users}/:key`, 'changeUser', updateUser),
  route('DELETE', `${users}/:key`, 'deleteUser', deleteUser),
  ...['/me', `${users}/:key`].flatMap((person) => [
    route('POST', `${person}/revokeSignInSessions`, 'revokeSessions', revokeSignInSessions),
    route('GET', `${person}/manager`, 'readUser', getManager),
    route('GET', `${person}/directReports`, 'readUser', listDirectReports),
    route('GET', `${person}/directReports/$count`, 'readUser', countDirectReports),
  ]),
  route('PATCH', '/me', 'changeUser', updateUser),
  route('POST', '/me/changePassword', 'changeOwnPassword', changePassword),
  route('PUT', `${users}/:key/manager/$ref`, 'changeManager', setManager),
  route('DELETE', `${users}/:key/manager/$ref`, 'changeManager', removeManager),
  route('POST', '/invitations', 'inviteGuest', createInvitation),
]

const casts: readonly (readonly [string, MembersAsked['memberType']])[] = [
  ['', undefined],
  ['/microsoft.graph.user', 'User'],
  ['/microsoft.graph.group', 'Group'],
  ['/microsoft.graph.servicePrincipal', 'ServicePrincipal'],
]

const ofGroups: readonly Route[] = [
  route('GET', groups, 'listGroups', listGroups, listOptions),
  route('GET', `${groups}/$count`, 'listGroups', countGroups, countOptions),
  route('POST', groups, 'createGroup', createGroup),
  route('GET', `${groups}/:key`, 'readGroup', getGroup, objectOptions),
  route('PATCH', `${groups}/:key`, 'changeGroup', updateGroup),
  route('DELETE', `${groups}/:key`, 'deleteGroup', deleteGroup),
  ...(['members', 'transitiveMembers'] as const).flatMap((name) =>
    casts.flatMap(([cast, memberType]) => {
      const asked: MembersAsked = {
        depth: name === 'members' ? 'direct' : 'transitive',
        ...(memberType && { memberType }),
      }
      return [
        route('GET', `${groups}/:key/${name}${cast}`, 'readGroupMembers', listMembers(asked)),
        route('GET', `${groups}/:key/${name}${cast}/$count`, 'readGroupMembers', countMembers(asked)),
      ]
    }),
  ),
  route('POST', `${groups}/:key/members/$ref`, 'changeGroupMembers', addMember),
  route('DELETE', `${groups}/:key/members/:id/$ref`, 'changeGroupMembers', removeMember),
  route('DELETE', `${groups}/:key/members/:id`, 'changeGroupMembers', refuseWithoutReference),
  ...ownerKinds.flatMap(([cast, kind]) => [
    route('GET', `${groups}/:key/owners${cast}`, 'readGroupMembers', listGroupOwners(kind)),
    route('GET', `${groups}/:key/owners${cast}/$count`, 'readGroupMembers', countGroupOwners(kind)),
  ]),
  route('POST', `${groups}/:key/owners/$ref`, 'changeGroup', addGroupOwner),
  route('DELETE', `${groups}/:key/owners/:id/$ref`, 'changeGroup', removeGroupOwner),
  route('DELETE', `${groups}/:key/owners/:id`, 'changeGroup', refuseWithoutReference),
]

const members = [
  ['/me', 'readMemberships', memberUser],
  [`${users}/:key`, 'readMemberships', memberUser],
  [`${groups}/:key`, 'readMemberships', memberGroup],
  [`${sp}/:key`, 'readServicePrincipalMemberships', memberServicePrincipal],
  ['/directoryObjects/:key', 'readMemberships', memberObject],
] as const satisfies readonly (readonly [string, Operation, unknown])[]

const membershipPaths: readonly (readonly [string, MembershipsAsked])[] = [
  ['memberOf', { depth: 'direct' }],
  ['memberOf/microsoft.graph.group', { depth: 'direct', kind: 'group' }],
  ['memberOf/microsoft.graph.directoryRole', { depth: 'direct', kind: 'directoryRole' }],
  ['transitiveMemberOf', { depth: 'transitive' }],
  ['transitiveMemberOf/microsoft.graph.group', { depth: 'transitive', kind: 'group' }],
  ['transitiveMemberOf/microsoft.graph.directoryRole', { depth: 'transitive', kind: 'directoryRole' }],
]

const ofMemberships: readonly Route[] = members.flatMap(([path, operation, find]) => [
  ...membershipPaths.flatMap(([name, asked]) => [
    route('GET', `${path}/${name}`, operation, listMemberships(find, asked)),
    route('GET', `${path}/${name}/$count`, operation, countMemberships(find, asked)),
  ]),
  route('POST', `${path}/getMemberGroups`, operation, getMemberGroups(find)),
  route('POST', `${path}/getMemberObjects`, operation, getMemberObjects(find)),
  route('POST', `${path}/checkMemberGroups`, operation, checkMemberGroups(find)),
  route('POST', `${path}/checkMemberObjects`, operation, checkMemberObjects(find)),
])

const role = '/directoryRoles'
const template = '/directoryRoleTemplates'
const definition = '/roleManagement/directory/roleDefinitions'
const assignment = '/roleManagement/directory/roleAssignments'

const ofDirectoryRoles: readonly Route[] = [
  route('GET', template, 'readDirectoryRoles', listDirectoryRoleTemplates),
  route('GET', `${template}/:key`, 'readDirectoryRoles', getDirectoryRoleTemplate),
  route('GET', role, 'readDirectoryRoles', listDirectoryRoles, objectOptions),
  route('POST', role, 'changeDirectoryRoles', activateDirectoryRole),
  route('GET', `${role}/:key`, 'readDirectoryRoles', getDirectoryRole, objectOptions),
  ...[undefined, ...principalKinds].flatMap((kind) => {
    const path = `${role}/:key/members${kind ? `/microsoft.graph.${kind}` : ''}`
    return [
      route('GET', path, 'readDirectoryRoles', listRoleMembers(kind)),
      route('GET', `${path}/$count`, 'readDirectoryRoles', countRoleMembers(kind)),
    ]
  }),
  route('POST', `${role}/:key/members/$ref`, 'changeDirectoryRoles', addRoleMember),
  route('DELETE', `${role}/:key/members/:id/$ref`, 'changeDirectoryRoles', removeRoleMember),
  route('GET', definition, 'readDirectoryRoles', listRoleDefinitions),
  route('GET', `${definition}/:key`, 'readDirectoryRoles', getRoleDefinition),
  route('GET', assignment, 'readDirectoryRoles', listRoleAssignments),
  route('POST', assignment, 'changeDirectoryRoles', createRoleAssignment),
  route('GET', `${assignment}/:key`, 'readDirectoryRoles', getRoleAssignment),
  route('DELETE', `${assignment}/:key`, 'changeDirectoryRoles', deleteRoleAssignment),
]

const ofDirectoryObjects: readonly Route[] = [
  route('POST', '/directoryObjects/getByIds', 'readDirectoryObjects', getByIds),
  route('GET', '/directoryObjects/:key', 'readDirectoryObjects', getDirectoryObject),
]

const ofTenant: readonly Route[] = [
  route('GET', '/organization', 'readOrganization', listOrganization),
  route('GET', '/organization/:key', 'readOrganization', getOrganization),
  route('GET', '/domains', 'readDomains', listDomains),
  route('GET', '/domains/:key', 'readDomains', getDomain),
  route('GET', '/policies/authorizationPolicy', 'readPolicies', getAuthorizationPolicy),
  route('PATCH', '/policies/authorizationPolicy', 'changeAuthorizationPolicy', updateAuthorizationPolicy),
  route('GET', '/policies/defaultAppManagementPolicy', 'readPolicies', getDefaultAppManagementPolicy),
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
  ...ofGroups,
  ...ofMemberships,
  ...ofDirectoryRoles,
  ...ofDirectoryObjects,
  ...ofTenant,
]
