import type { Members } from './decode-token.ts'
import { type Finding, finding, shown } from './finding.ts'
import { directoryRoleInWords, knownApi, knownClient, permissionInWords } from './known-names.ts'
import { isUserToken, type TokenKind } from './token-kind.ts'

/** What the claims say in words: who asked, for whom, with which permissions. */
export function tokenFacts(claims: Members, kind: TokenKind): Finding[] {
  const facts: [string, string | undefined][] = [
    ['kind', kindInWords(claims, kind)],
    ['client', clientInWords(claims)],
    ['subject', subjectInWords(claims, kind)],
    ['scp', scopesInWords(claims)],
    ['roles', rolesInWords(claims)],
    ['groups', groupsInWords(claims)],
    ['wids', widsInWords(claims)],
    ['signed in', signInInWords(claims)],
  ]
  return facts.flatMap(([name, says]) => (says === undefined ? [] : [finding(name, 'info', says)]))
}

function kindInWords(claims: Members, kind: TokenKind): string {
  switch (kind) {
    case 'access token':
      return isUserToken(claims)
        ? 'access token of a user: an application acts for a person'
        : "access token of an application's own"
    case 'id_token':
      return 'id_token: it tells the application who signed in; an API must not accept it'
    case 'client assertion':
      return 'client assertion: an application proves itself to the token endpoint with it'
    case 'token of another issuer':
      return 'a token that Entra did not issue, as federated credentials use'
  }
}

const clientProofs: Readonly<Record<string, string>> = {
  '0': 'public client, nothing proves it',
  '1': 'proved by a secret',
  '2': 'proved by a certificate or federated token',
}

function clientInWords({ appid, azp, appidacr, azpacr, app_displayname: displayName }: Members): string | undefined {
  const client = appid ?? azp
  if (typeof client !== 'string') return undefined
  const name = typeof displayName === 'string' ? displayName : knownClient(client)?.displayName
  const proof = clientProofs[String(appidacr ?? azpacr)]
  return [shown(client), name && shown(name), proof].filter(Boolean).join(', ')
}

function subjectInWords(claims: Members, kind: TokenKind): string | undefined {
  const { preferred_username, upn, unique_name, email, name, oid, sub } = claims
  const person = [preferred_username, upn, unique_name, email].find((value) => typeof value === 'string')
  const id = typeof oid === 'string' ? `object id ${shown(oid)}` : typeof sub === 'string' ? `sub ${shown(sub)}` : ''
  const guest = typeof claims.idp === 'string' && claims.idp !== claims.iss ? `home ${shown(claims.idp)}` : ''
  const said = kind === 'access token' && !isUserToken(claims) ? [id] : [person, name, id, guest]
  return said.filter(Boolean).map(shown).join(', ') || undefined
}

function scopesInWords({ scp, aud }: Members): string | undefined {
  if (scp === undefined) return undefined
  if (typeof scp !== 'string') return `${shown(scp)}; expected one text with blanks between`
  return wordsOfPermissions(scp.split(' ').filter(Boolean), aud)
}

function rolesInWords({ roles, aud }: Members): string | undefined {
  if (roles === undefined) return undefined
  return Array.isArray(roles) ? wordsOfPermissions(roles.map(shown), aud) : shown(roles)
}

function wordsOfPermissions(values: readonly string[], aud: unknown): string {
  const api = typeof aud === 'string' ? knownApi(aud) : undefined
  return values.map((value) => permissionInWords(value, api)).join(', ') || 'none'
}

const SHOWN_GROUPS = 5

function groupsInWords({ groups, hasgroups, _claim_names: elsewhere }: Members): string | undefined {
  const tooMany = hasgroups === true || (typeof elsewhere === 'object' && elsewhere !== null && 'groups' in elsewhere)
  if (tooMany) return 'too many to stand in a token: ask Microsoft Graph for them (getMemberObjects)'
  if (groups === undefined) return undefined
  if (!Array.isArray(groups)) return shown(groups)
  const first = groups.slice(0, SHOWN_GROUPS).map(shown).join(', ')
  return groups.length > SHOWN_GROUPS ? `${groups.length}: ${first}, …` : first || 'none'
}

function widsInWords({ wids }: Members): string | undefined {
  return Array.isArray(wids) ? wids.map((id) => directoryRoleInWords(shown(id))).join(', ') : undefined
}

const methods: Readonly<Record<string, string>> = {
  pwd: 'password',
  mfa: 'second factor',
  otp: 'one-time code',
  rsa: 'key or certificate',
  fed: 'federation',
  wia: 'integrated Windows authentication',
  ngcmfa: 'second factor at registration',
}

function signInInWords({ amr }: Members): string | undefined {
  return Array.isArray(amr) ? amr.map((method) => methods[shown(method)] ?? shown(method)).join(', ') : undefined
}
