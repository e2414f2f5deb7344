import { readFile, writeFile } from 'node:fs/promises'
import { AuthorityUnreachableError, TokenRequestError } from '../errors.ts'
import { type JsonObject, parseJsonObject } from '../json-object.ts'

/**
 * Tells the processes that wait for this one's request how it failed, so that they fail as it did, as callers within
 * one process do, instead of asking an authority one after the other that has just refused or not answered. Errors of
 * the package hold no secrets.
 * @param path file next to the lease
 * @param owner id of the lease under which the request was sent
 */
export async function leaveFailure(path: string, owner: string, error: unknown): Promise<void> {
  const failure = describe(error)
  if (failure === undefined) return
  await writeFile(path, JSON.stringify({ owner, ...failure }), { mode: 0o600 }).catch(() => undefined)
}

/** How the request of this owner failed; `undefined` when it did not, or in a way that says nothing about others. */
export async function failureOf(path: string, owner: string): Promise<Error | undefined> {
  const failure = parseJsonObject(await readFile(path, 'utf8').catch(() => ''))
  return failure?.owner === owner ? restore(failure) : undefined
}

/**
 * What an authority answered, or that it did not, is true for all who ask the same. A broken connection or a
 * certificate that is not trusted may be a matter of the one process.
 */
function describe(error: unknown): JsonObject | undefined {
  if (error instanceof TokenRequestError) return { ...error, message: error.message }
  if (error instanceof AuthorityUnreachableError && error.code === 'ETIMEDOUT') {
    return { name: error.name, authorityHost: error.authorityHost, code: error.code, message: error.message }
  }
  return undefined
}

function restore(failure: JsonObject): Error {
  const text = (name: string) => {
    const value = failure[name]
    return typeof value === 'string' ? value : undefined
  }
  const number = (name: string) => {
    const value = failure[name]
    return typeof value === 'number' ? value : undefined
  }
  const message = text('message') ?? 'The token request of another process failed.'
  const authorityHost = text('authorityHost')
  if (authorityHost !== undefined) {
    return new AuthorityUnreachableError(message, { authorityHost, code: text('code'), cause: undefined })
  }
  return new TokenRequestError(message, {
    error: text('error') ?? 'invalid_response',
    code: number('code'),
    description: text('description'),
    subError: text('subError'),
    correlationId: text('correlationId'),
    traceId: text('traceId'),
    status: number('status') ?? 0,
    claims: text('claims'),
    retryAfterMilliseconds: number('retryAfterMilliseconds'),
  })
}
