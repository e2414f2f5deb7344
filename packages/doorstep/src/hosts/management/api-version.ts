import type { FastifyRequest } from 'fastify'
import { invalidApiVersion, missingApiVersion } from './errors.ts'

/** What a message offers to whoever asked for a version that is none. */
const supportedVersions = ['2022-12-01', '2021-04-01', '2020-01-01', '2019-11-01', '2016-06-01']

const form = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-[a-z]+)?$/i

/**
 * The `api-version` of a request. Any version of the right form is taken: clients ask for many, and the answers of one
 * address hardly differ between them.
 *
 * @throws {ManagementError} 400 when it is missing or no date
 */
export function apiVersionOf({ query }: FastifyRequest): string {
  const given = Object.entries(query as Record<string, unknown>).find(([name]) => name.toLowerCase() === 'api-version')
  const value = Array.isArray(given?.[1]) ? given[1][0] : given?.[1]
  if (typeof value !== 'string' || value === '') throw missingApiVersion()
  if (!form.test(value)) throw invalidApiVersion(value, supportedVersions)
  return value
}
