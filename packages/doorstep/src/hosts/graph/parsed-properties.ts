import type { ParsedProperties, PropertyProblem } from '../../directory/property-problem.ts'
import { badRequest, GraphError, requestBadRequest } from './errors.ts'

/** The properties that were parsed. @throws {GraphError} 400 in Graph's words when there was a problem */
export function requireProperties<Properties>(parsed: ParsedProperties<Properties>, resource: string): Properties {
  if ('problem' in parsed) throw propertyRefusal(parsed.problem, resource)
  return parsed.properties
}

/** A problem with a property in Graph's words; what Doorstep knows about the cause follows them. */
export function propertyRefusal({ kind, path, message }: PropertyProblem, resource: string): GraphError {
  switch (kind) {
    case 'unknown':
      return requestBadRequest(`Invalid property '${path}'. ${message}`)
    case 'readOnly':
      return requestBadRequest(`Property '${path}' is read-only and cannot be set. ${message}`)
    case 'missing':
      return requestBadRequest(`A value is required for property '${path}' of resource '${resource}'. ${message}`)
    case 'empty':
      return badRequest(`Empty Payload. ${message}`)
    case 'unverifiedDomain': {
      const rule = `Values of ${path} property must use a verified domain of the organization or its subdomain`
      return new GraphError(400, 'HostNameNotOnVerifiedDomain', `${rule}: ${message}`)
    }
    case 'enabledPermission': {
      const rule = 'Permission (scope or role) cannot be deleted or updated unless disabled first.'
      return new GraphError(400, 'CannotDeleteOrUpdateEnabledEntitlement', `${rule} ${message}`)
    }
    case 'keyStart':
      return new GraphError(400, 'KeyCredentialsInvalidStartDate', `Key credential start date is invalid. ${message}`)
    case 'keyEnd':
      return new GraphError(400, 'KeyCredentialsInvalidEndDate', `Key credential end date is invalid. ${message}`)
    case 'invalid': {
      const what = path === '' ? 'Invalid request body' : `Invalid value specified for property '${path}'`
      return requestBadRequest(`${what} of resource '${resource}'. ${message}`)
    }
  }
}
