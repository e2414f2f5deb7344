/**
 * The name of a member that stands twice in one object of a JSON text, if there is one. `JSON.parse` keeps the last and
 * others the first, so two readers would see two different tokens (RFC 7519 §4, RFC 8725 §3.11 on confusion).
 *
 * @param text valid JSON
 * @param value what it was parsed to
 */
export function repeatedMember(text: string, value: unknown): string | undefined {
  // A text as serializers write it is what comes out again; nothing was lost, so nothing stood twice.
  if (JSON.stringify(value) === text) return undefined
  const objects: (Set<string> | undefined)[] = []
  let last = ''
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (token === '{') objects.push(new Set())
    else if (token === '[') objects.push(undefined)
    else if (token === '}' || token === ']') objects.pop()
    else if (token === ':') {
      const name: string = JSON.parse(last)
      const names = objects.at(-1)
      if (names?.has(name)) return name
      names?.add(name)
    }
    last = token
  }
  return undefined
}
