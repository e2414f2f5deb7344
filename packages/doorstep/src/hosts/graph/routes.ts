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
import { getDomain, listDomains } from './domains.ts'
import { countGroups, getGroup, listGroups, listMembers } from './groups.ts'
import { getMemberGroups, listMemberships } from './memberships.ts'
import { getByIds, getDirectoryObject } from './objects-by-id.ts'
import { getOrganization, listOrganization } from './organization.ts'
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

const ofApplications: readonly Route[] = [
  route('GET', app, 'readApplications', listApplications, listOptions),
  route('GET', `${app}/$count`, 'readApplications', countApplications, countOptions),
  route('POST', app, 'createApplication', createApplication),
  route('GET', `${app}/:key`, 'readApplications', getApplication, objectOptions),
  route('PATCH', `${app}/:key`, 'changeApplication', updateApplication),
  route('DELETE', `${app}/:key`, 'changeApplication', deleteApplication),
  route('POST', `${app}/:key/addPassword`, 'changeApplicationSecrets', addApplicationPassword),
  route('POST', `${app}/:key/removePassword`, 'changeApplicationSecrets', removeApplicationPassword),
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
    route('GET', `${person}/memberOf`, 'readMemberships', listMemberships('direct')),
    route('GET', `${person}/transitiveMemberOf`, 'readMemberships', listMemberships('transitive')),
    route('POST', `${person}/getMemberGroups`, 'readMemberships', getMemberGroups),
  ]),

  route('GET', groups, 'listGroups', listGroups, listOptions),
  route('GET', `${groups}/$count`, 'listGroups', countGroups, countOptions),
  route('GET', `${groups}/:key`, 'readGroup', getGroup, objectOptions),
  route('GET', `${groups}/:key/members`, 'readGroupMembers', listMembers),
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
  route('GET', '/auditLogs/signIns', 'readSignIns', listSignIns),
]

/**
 * Every operation of Microsoft Graph that is served. `:key` is an object id or `(appId='…')`, of a user also his
 * principal name.
 */
export const routes: readonly Route[] = [
  ...ofApplications,
  ...ofServicePrincipals,
  ...ofPermissions,
  ...ofPeople,
  ...ofDirectoryObjects,
  ...ofTenant,
]
