import { authorize, isPermittedToApplication, type Operation } from './authorize.ts'
import type { GraphCall } from './call.ts'
import { insufficientPrivileges } from './errors.ts'

/**
 * The same call as another operation, for what turns out only when the addressed object is known.
 *
 * @throws {GraphError} 403 when the caller may not do that
 */
export function callAs(operation: Operation, call: GraphCall): GraphCall {
  const { caller, rights, directoryRoleIds } = call
  const reach = authorize(operation, caller, rights, directoryRoleIds)
  if (reach === 'none') throw insufficientPrivileges()
  return { ...call, reach, isPermitted: isPermittedToApplication(operation, caller) }
}
