/** A token taken out of what somebody pasted. */
export interface FoundToken {
  readonly token: string
  /** Where it stood, for people: `access_token of a JSON answer`. */
  readonly source: string
  /** Other tokens of the same answer, by their names there. */
  readonly others: readonly string[]
}

/** In the order in which they are picked. */
const tokenNames = ['access_token', 'accessToken', 'token', 'id_token', 'idToken', 'refresh_token', 'refreshToken']

/**
 * Finds the token in a token alone, `Bearer …`, a header line, the JSON of a token answer (also that of
 * `az account get-access-token`), a form, an address with `#access_token`, or a shell's assignment (`token --format env`).
 */
export function findToken(pasted: string): FoundToken | undefined {
  const text = pasted.trim()
  return (
    tokenOfJson(text) ?? tokenOfParameters(text) ?? tokenOfHeader(text) ?? tokenOfAssignment(text) ?? tokenAlone(text)
  )
}

function tokenOfJson(text: string): FoundToken | undefined {
  if (!text.startsWith('{')) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const members = value as Readonly<Record<string, unknown>>
  return picked((name) => members[name], 'of a JSON answer')
}

function tokenOfParameters(text: string): FoundToken | undefined {
  if (!/(?:^|[?#&])(?:access_token|id_token|refresh_token)=/.test(text)) return undefined
  const parameters = new URLSearchParams(text.replace(/^[^=]*[?#]/, ''))
  return picked((name) => parameters.get(name), /^https?:/i.test(text) ? 'of an address' : 'of a form')
}

function picked(member: (name: string) => unknown, where: string): FoundToken | undefined {
  const present = tokenNames.flatMap((name) => {
    const value = member(name)
    return typeof value === 'string' && value !== '' ? [{ name, value: value.trim() }] : []
  })
  const [first, ...others] = present
  return first && { token: first.value, source: `${first.name} ${where}`, others: others.map(({ name }) => name) }
}

function tokenOfHeader(text: string): FoundToken | undefined {
  const token = /^["']?(?:-H\s+["']?)?(?:authorization\s*:\s*)?bearer\s+([^\s"']+)["']?$/i.exec(text)?.[1]
  return token === undefined ? undefined : { token, source: 'an Authorization header', others: [] }
}

/** `export ACCESS_TOKEN=…`, with or without `export` and quotes. */
function tokenOfAssignment(text: string): FoundToken | undefined {
  const [, name, quoted, bare] =
    /^(?:export\s+)?([A-Za-z_]\w*)=(?:(?:"|')([^\s"']+)(?:"|')|([^\s"'=]+));?$/.exec(text) ?? []
  const token = quoted ?? bare
  return token === undefined ? undefined : { token, source: `the variable ${name}`, others: [] }
}

/** Line ends inside come from a terminal that wrapped it. */
function tokenAlone(text: string): FoundToken | undefined {
  const token = text.replace(/^["']|["']$/g, '').replace(/[\r\n]+\s*/g, '')
  return token === '' || /[\s{}<>]/.test(token) ? undefined : { token, source: 'the token alone', others: [] }
}
