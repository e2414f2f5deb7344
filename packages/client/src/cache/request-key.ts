import type { GetTokenOptions } from '../credential.ts'

/** Options of our own and of the Azure SDKs that say how to ask, not what for. */
const WITHOUT_EFFECT_ON_TOKEN = new Set([
  'abortSignal',
  'disableAutomaticAuthentication',
  'forceRefresh',
  'requestOptions',
  'tracingOptions',
])

/**
 * Names what is asked for: the same key, the same token. With scopes alone it is the scopes themselves, which costs
 * nothing to build; any option that changes the token, also one this package does not know, makes it JSON. The two
 * cannot meet, because a scope holds no quotation mark (RFC 6749 §3.3).
 */
export function requestKey(scopes: string | string[], options: GetTokenOptions | undefined): string {
  const scope = typeof scopes === 'string' ? scopes : scopes.length === 1 ? (scopes[0] ?? '') : scopes.join(' ')
  if (options === undefined) return scope
  let telling: string[] | undefined
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || WITHOUT_EFFECT_ON_TOKEN.has(name)) continue
    telling ??= []
    telling.push(JSON.stringify([name, value]))
  }
  return telling === undefined ? scope : JSON.stringify([scope, ...telling.sort()])
}
