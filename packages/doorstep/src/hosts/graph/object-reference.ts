import { isGuid } from '../../directory/guid.ts'
import { isRecord } from '../../directory/property-problem.ts'
import { badRequest } from './errors.ts'

/** Where an object is found: its address ends with its id, whatever the collection and the name of the service. */
const objectAddress = /\/(?:directoryObjects|users|groups|servicePrincipals|applications)\/([^/]+)\/?$/i

/**
 * The id of the object that the body of `POST …/$ref` refers to. OData 4.01 JSON Format §14.
 *
 * @throws {GraphError} 400 when it is no address of a directory object
 */
export function referencedId(body: unknown): string {
  const address = isRecord(body) ? body['@odata.id'] : undefined
  const id = typeof address === 'string' ? objectAddress.exec(address)?.[1] : undefined
  if (id !== undefined && isGuid(id)) return id.toLowerCase()
  throw badRequest(
    "The body must have '@odata.id' with the address of a directory object, such as https://graph.microsoft.com/v1.0/directoryObjects/{id}.",
  )
}
