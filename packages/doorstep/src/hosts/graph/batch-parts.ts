/** One request of a batch. */
export interface BatchPart {
  readonly id: string
  readonly method: string
  /** Relative to the version: `/me` or `me`. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** Ids of parts that must succeed before it. */
  readonly dependsOn: readonly string[]
}

export const mostParts = 20

const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']
const writing = ['POST', 'PATCH', 'PUT']

/** What makes a whole batch impossible ("JSON batching", request format); undefined for one that can be answered. */
export function batchProblem(parts: readonly BatchPart[]): string | undefined {
  const ids = parts.map(({ id }) => id)
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
  if (repeated !== undefined) return `Request Id : ${repeated} has to be unique in a batch.`
  return parts.map((part) => partProblem(part, ids)).find((problem) => problem !== undefined) ?? circle(parts)
}

function partProblem({ id, method, headers, body, dependsOn }: BatchPart, ids: readonly string[]): string | undefined {
  if (!methods.includes(method)) return `Request Id : ${id} has the method '${method}'; expected ${methods.join(', ')}.`
  const unknown = dependsOn.find((other) => !ids.includes(other))
  if (unknown !== undefined) return `Request Id : ${id} depends on '${unknown}', which is no request of the batch.`
  const isWithoutType = body !== undefined && headers['content-type'] === undefined
  if (writing.includes(method) && isWithoutType) {
    return `Write request id : ${id} does not contain Content-Type header or body.`
  }
  return undefined
}

/** A part that waits for itself, by way of others too. */
function circle(parts: readonly BatchPart[]): string | undefined {
  let waiting = parts
  for (;;) {
    const left = waiting.filter(({ dependsOn }) => dependsOn.some((id) => waiting.some((part) => part.id === id)))
    if (left.length === 0) return undefined
    if (left.length === waiting.length)
      return `Request Id : ${left[0]?.id} depends on itself, directly or through others.`
    waiting = left
  }
}
