import { z } from 'zod'
import { firstProblem, type ParsedProperties, type PropertyProblem, readOnlyProblem } from './property-problem.ts'

/** A foreign issuer's tokens that an application may prove itself by (Graph `federatedIdentityCredential`). */
export interface FederatedIdentityCredential {
  readonly id: string
  /** Unique in its application, and for ever the same. */
  readonly name: string
  /** The `iss` of the tokens, compared exactly. */
  readonly issuer: string
  /** The `sub` of the tokens, compared exactly. */
  readonly subject: string
  readonly description: string | null
  /** The `aud` of the tokens; one. */
  readonly audiences: readonly string[]
}

export const mostFederatedCredentials = 20
const longest = 600

const text = z.string().min(1, 'Expected a text').max(longest, `Expected at most ${longest} characters`)

const schema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/,
      "Expected 3 to 120 letters, digits, '-' and '_', beginning with a letter or digit",
    ),
  issuer: text.refine(isIssuer, {
    error: 'Expected the address of an issuer, such as https://token.ci.example, without user name, query or fragment',
  }),
  subject: text,
  description: z.string().max(longest, `Expected at most ${longest} characters`).nullable().default(null),
  audiences: z.array(text).length(1, 'Expected exactly one audience, such as api://AzureADTokenExchange'),
})

/** OpenID Connect Discovery 1.0 §2: https, and nothing but scheme, host, port and path. */
function isIssuer(value: string): boolean {
  if (!/^https:\/\/[^/?#@\s\\]+(?:\/[^?#\s\\]*)?$/i.test(value) || !URL.canParse(value)) return false
  const { username, password, search, hash } = new URL(value)
  return username === '' && password === '' && search === '' && hash === ''
}

export type FederatedCredentialProperties = z.output<typeof schema>

/** The body of `POST …/federatedIdentityCredentials`, checked. */
export function parseFederatedCredential(body: unknown): ParsedProperties<FederatedCredentialProperties> {
  const refused = readOnlyProblem(body, ['id']) ?? missingProblem(body)
  if (refused) return { problem: refused }
  const parsed = schema.safeParse(body)
  return parsed.success ? { properties: parsed.data } : { problem: firstProblem(parsed.error) }
}

/** The body of `PATCH …/federatedIdentityCredentials/{id}`, checked: a change of `before`, whose name stays. */
export function parseFederatedCredentialPatch(
  body: unknown,
  before: FederatedIdentityCredential,
): ParsedProperties<FederatedCredentialProperties> {
  const refused = readOnlyProblem(body, ['id'])
  if (refused) return { problem: refused }
  const { id: _kept, ...rest } = before
  const parsed = schema.partial().safeParse(body)
  if (!parsed.success) return { problem: firstProblem(parsed.error) }
  const { name = before.name, description, ...patch } = parsed.data
  if (name !== before.name) {
    const message = `It is '${before.name}' and stays so; make another credential for another name.`
    return { problem: { path: 'name', kind: 'invalid', message } }
  }
  const given = typeof body === 'object' && body !== null && Object.hasOwn(body, 'description')
  return {
    properties: {
      ...rest,
      audiences: [...rest.audiences],
      ...patch,
      ...(given && { description: description ?? null }),
    },
  }
}

function missingProblem(body: unknown): PropertyProblem | undefined {
  const given = typeof body === 'object' && body !== null ? body : {}
  const missing = ['name', 'issuer', 'subject', 'audiences'].find((name) => !Object.hasOwn(given, name))
  return missing === undefined
    ? undefined
    : { path: missing, kind: 'missing', message: 'A credential has name, issuer, subject and audiences.' }
}

/** Which property a credential shares with another one of its application, that it must not. */
export function sharedFederatedProperty(
  { id, name, issuer, subject }: FederatedIdentityCredential,
  others: readonly FederatedIdentityCredential[],
): 'name' | 'subject' | undefined {
  const rest = others.filter((other) => other.id !== id)
  if (rest.some((other) => other.name.toLowerCase() === name.toLowerCase())) return 'name'
  return rest.some((other) => other.issuer === issuer && other.subject === subject) ? 'subject' : undefined
}
