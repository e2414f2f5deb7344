import { z } from 'zod'
import { firstProblem } from '../../directory/property-problem.ts'
import { type GraphAnswer, type GraphCall, requiredParam } from './call.ts'
import {
  type DirectoryObjectKind,
  directoryObjects,
  directoryObjectType,
  inOrder,
  tenantObjectKinds,
} from './directory-objects.ts'
import { resourceNotFound } from './errors.ts'
import { requiredGuid } from './object-key.ts'
import { propertyRefusal } from './parsed-properties.ts'
import { collectionContext, projection, selectedProperties } from './representation.ts'

const mostIds = 1000

const byIdsForm = z.strictObject({
  ids: z.array(z.guid({ error: 'Expected GUIDs' })).max(mostIds, `Expected at most ${mostIds} ids`),
  types: z.array(z.string({ error: 'Expected names of types, such as user' })).nullish(),
})

/**
 * `POST /directoryObjects/getByIds`: objects of any kind in the order of their ids; what is not there, of another
 * type or of another tenant is left out.
 */
export async function getByIds(call: GraphCall): Promise<GraphAnswer> {
  const parsed = byIdsForm.safeParse(call.body ?? {})
  if (!parsed.success) throw propertyRefusal(firstProblem(parsed.error), 'getByIds')
  const { ids, types } = parsed.data
  const selected = selectedProperties(call.query.select, directoryObjectType)
  const found = await directoryObjects(ids, call, { kinds: kindsOf(types ?? []), selected })
  return {
    kind: 'collection',
    context: collectionContext('directoryObjects', selected),
    value: inOrder([...new Set(ids.map((id) => id.toLowerCase()))], found).map((entity) =>
      projection(entity, selected),
    ),
    count: undefined,
    nextLink: undefined,
  }
}

/** `GET /directoryObjects/{id}` */
export async function getDirectoryObject(call: GraphCall): Promise<GraphAnswer> {
  const id = requiredGuid(requiredParam(call, 'key'))
  const selected = selectedProperties(call.query.select, directoryObjectType)
  const entity = (await directoryObjects([id], call, { selected })).get(id)
  if (!entity) throw resourceNotFound(id)
  return {
    kind: 'entity',
    context: `${collectionContext('directoryObjects', selected)}/$entity`,
    entity: projection(entity, selected),
  }
}

/** Types that the platform knows and that nothing here has find nothing. */
function kindsOf(types: readonly string[]): readonly DirectoryObjectKind[] {
  const names = types.map((type) => type.toLowerCase().replace(/^#?microsoft\.graph\./, ''))
  if (names.length === 0 || names.includes('directoryobject')) return tenantObjectKinds
  return tenantObjectKinds.filter((kind) => names.includes(kind.toLowerCase()))
}
