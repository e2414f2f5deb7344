import Fastify, { type FastifyInstance } from 'fastify'
import { fastifyHost, type Host } from '../host.ts'
import { authenticate } from './access-token.ts'
import { createAppRoleAssignment, deleteAppRoleAssignment, listAppRoleAssignments } from './app-role-assignments.ts'
import {
  countApplications,
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  updateApplication,
} from './applications.ts'
import type { Route } from './call.ts'
import { endpoint } from './endpoint.ts'
import { sendError } from './error-response.ts'
import type { GraphParts } from './graph-parts.ts'
import { getMe } from './me.ts'
import { withKeysAsSegments } from './object-key.ts'
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
  listPermissionGrants,
  updatePermissionGrant,
} from './permission-grants.ts'
import { parseRequestBody, refuseMediaType } from './request-body.ts'
import {
  countServicePrincipals,
  createServicePrincipal,
  deleteServicePrincipal,
  getServicePrincipal,
  listServicePrincipals,
  updateServicePrincipal,
} from './service-principals.ts'
import { unknownRoute } from './unknown-route.ts'

export type { GraphParts, NewSecret } from './graph-parts.ts'

function route(method: Route['method'], path: string, operation: Route['operation'], answer: Route['answer']): Route {
  return { method, path, operation, answer }
}

const app = '/applications'
const sp = '/servicePrincipals'
const grant = '/oauth2PermissionGrants'

/** Every operation of Microsoft Graph that is served. `:key` is an object id or `(appId='…')`. */
const routes: readonly Route[] = [
  route('GET', app, 'readApplications', listApplications),
  route('GET', `${app}/$count`, 'readApplications', countApplications),
  route('POST', app, 'createApplication', createApplication),
  route('GET', `${app}/:key`, 'readApplications', getApplication),
  route('PATCH', `${app}/:key`, 'changeApplication', updateApplication),
  route('DELETE', `${app}/:key`, 'changeApplication', deleteApplication),
  route('POST', `${app}/:key/addPassword`, 'changeApplicationSecrets', addApplicationPassword),
  route('POST', `${app}/:key/removePassword`, 'changeApplicationSecrets', removeApplicationPassword),

  route('GET', sp, 'readServicePrincipals', listServicePrincipals),
  route('GET', `${sp}/$count`, 'readServicePrincipals', countServicePrincipals),
  route('POST', sp, 'changeServicePrincipal', createServicePrincipal),
  route('GET', `${sp}/:key`, 'readServicePrincipals', getServicePrincipal),
  route('PATCH', `${sp}/:key`, 'changeServicePrincipal', updateServicePrincipal),
  route('DELETE', `${sp}/:key`, 'changeServicePrincipal', deleteServicePrincipal),
  route('POST', `${sp}/:key/addPassword`, 'changeServicePrincipal', addServicePrincipalPassword),
  route('POST', `${sp}/:key/removePassword`, 'changeServicePrincipal', removeServicePrincipalPassword),
  route('GET', `${sp}/:key${grant}`, 'readPermissionGrants', listGrantsOfServicePrincipal),
  ...(['appRoleAssignments', 'appRoleAssignedTo'] as const).flatMap((side) => [
    route('GET', `${sp}/:key/${side}`, 'readAppRoleAssignments', listAppRoleAssignments(side)),
    route('POST', `${sp}/:key/${side}`, 'createAppRoleAssignment', createAppRoleAssignment(side)),
    route('DELETE', `${sp}/:key/${side}/:id`, 'deleteAppRoleAssignment', deleteAppRoleAssignment(side)),
  ]),

  route('GET', grant, 'readPermissionGrants', listPermissionGrants),
  route('POST', grant, 'changePermissionGrants', createPermissionGrant),
  route('GET', `${grant}/:id`, 'readPermissionGrants', getPermissionGrant),
  route('PATCH', `${grant}/:id`, 'changePermissionGrants', updatePermissionGrant),
  route('DELETE', `${grant}/:id`, 'changePermissionGrants', deletePermissionGrant),

  route('GET', '/organization', 'readOrganization', listOrganization),
  route('GET', '/organization/:key', 'readOrganization', getOrganization),
  route('GET', '/me', 'readMe', getMe),
]

/** `beta` answers as `v1.0` does. */
const versions = ['v1.0', 'beta']

/** Microsoft Graph: graph.microsoft.com, and `/graph` on the local origin. */
export async function graphHost(parts: GraphParts): Promise<Host> {
  const server = graphServer(parts)
  // Before everything else, so that nobody without a token learns which addresses there are.
  server.addHook('onRequest', (request) => authenticate(request, parts))
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, parts))
  server.setNotFoundHandler((request) => {
    const [path = ''] = withKeysAsSegments(request.originalUrl).split('?')
    throw unknownRoute(path, versions, routes)
  })
  for (const version of versions) {
    for (const { method, path, ...rest } of routes) {
      const handler = endpoint({ method, path, ...rest }, version, parts)
      server.route({ method, url: `/${version}${path}`, handler })
    }
  }
  return fastifyHost(server)
}

function graphServer(parts: GraphParts): FastifyInstance {
  const server: FastifyInstance = Fastify({
    bodyLimit: 1024 * 1024,
    exposeHeadRoutes: false,
    genReqId: () => parts.newId(),
    rewriteUrl: (request) => withKeysAsSegments(request.url ?? '/'),
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 5000,
    },
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply, parts)
    },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(
    /^application\/([\w.+-]+\+)?json\b/i,
    { parseAs: 'string' },
    async (_request: unknown, body: string) => parseRequestBody(body),
  )
  server.addContentTypeParser('*', async (request: { headers: Record<string, unknown> }) =>
    refuseMediaType(String(request.headers['content-type'])),
  )
  return server
}
