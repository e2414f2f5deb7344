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
  activateDirectoryRole,
  addRoleMember,
  getDirectoryRole,
  getDirectoryRoleTemplate,
  listDirectoryRoles,
  listDirectoryRoleTemplates,
  listRoleMembers,
  removeRoleMember,
} from './directory-roles.ts'
import { getDomain, listDomains } from './domains.ts'
import {
  addMember,
  countMembers,
  listMembers,
  type MembersAsked,
  refuseWithoutReference,
  removeMember,
} from './group-members.ts'
import { addGroupOwner, listGroupOwners, removeGroupOwner } from './group-owners.ts'
import { countGroups, createGroup, deleteGroup, getGroup, listGroups, updateGroup } from './groups.ts'
import { createInvitation } from './invitations.ts'
import { getManager, listDirectReports, removeManager, setManager } from './managers.ts'
import {
  checkMemberGroups,
  checkMemberObjects,
  getMemberGroups,
  getMemberObjects,
  listMemberships,
  memberGroup,
  memberObject,
  memberServicePrincipal,
  memberUser,
} from './memberships.ts'
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
import { getAuthorizationPolicy, getDefaultAppManagementPolicy, updateAuthorizationPolicy } from './policies.ts'
import {
  createRoleAssignment,
  deleteRoleAssignment,
  getRoleAssignment,
  getRoleDefinition,
  listRoleAssignments,
  listRoleDefinitions,
} from './role-management.ts'
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

const ofApplications: readonly Route[] = [
  route('GET', app, 'readApplications', listApplications),
  route('GET', `${app}/$count`, 'readApplications', countApplications),
  route('POST', app, 'createApplication', createApplication),
  route('GET', `${app}/:key`, 'readApplications', getApplication),
  route('PATCH', `${app}/:key`, 'changeApplication', updateApplication),
  route('DELETE', `${app}/:key`, 'changeApplication', deleteApplication),
  route('POST', `${app}/:key/addPassword`, 'changeApplicationSecrets', addApplicationPassword),
  route('POST', `${app}/:key/removePassword`, 'changeApplicationSecrets', removeApplicationPassword),
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
    route('GET', `${person}/manager`, 'readUser', getManager),
    route('GET', `${person}/directReports`, 'readUser', listDirectReports),
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
  route('GET', groups, 'listGroups', listGroups),
  route('GET', `${groups}/$count`, 'listGroups', countGroups),
  route('POST', groups, 'createGroup', createGroup),
  route('GET', `${groups}/:key`, 'readGroup', getGroup),
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
  route('GET', `${groups}/:key/owners`, 'readGroupMembers', listGroupOwners),
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

const ofMemberships: readonly Route[] = members.flatMap(([path, operation, find]) => [
  route('GET', `${path}/memberOf`, operation, listMemberships(find, 'direct')),
  route('GET', `${path}/transitiveMemberOf`, operation, listMemberships(find, 'transitive')),
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
  route('GET', role, 'readDirectoryRoles', listDirectoryRoles),
  route('POST', role, 'changeDirectoryRoles', activateDirectoryRole),
  route('GET', `${role}/:key`, 'readDirectoryRoles', getDirectoryRole),
  route('GET', `${role}/:key/members`, 'readDirectoryRoles', listRoleMembers),
  route('POST', `${role}/:key/members/$ref`, 'changeDirectoryRoles', addRoleMember),
  route('DELETE', `${role}/:key/members/:id/$ref`, 'changeDirectoryRoles', removeRoleMember),
  route('GET', definition, 'readDirectoryRoles', listRoleDefinitions),
  route('GET', `${definition}/:key`, 'readDirectoryRoles', getRoleDefinition),
  route('GET', assignment, 'readDirectoryRoles', listRoleAssignments),
  route('POST', assignment, 'changeDirectoryRoles', createRoleAssignment),
  route('GET', `${assignment}/:key`, 'readDirectoryRoles', getRoleAssignment),
  route('DELETE', `${assignment}/:key`, 'changeDirectoryRoles', deleteRoleAssignment),
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
  ...ofPermissions,
  ...ofPeople,
  ...ofGroups,
  ...ofMemberships,
  ...ofDirectoryRoles,
  ...ofTenant,
]
