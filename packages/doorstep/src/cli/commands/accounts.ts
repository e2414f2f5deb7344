import { type AccessToken, type Login, listLogins, loginSignIns } from '@doorstep/client'
import { command, jsonOption } from '../command.ts'
import { inCommandWords } from '../library-words.ts'
import { chooseProfile } from '../login/choose-profile.ts'
import { keptTokenOf } from '../login/kept-token.ts'
import { damagedProfiles } from '../login/login-record.ts'
import { openTokenStore, type TokenStore } from '../login/token-store.ts'
import { alignColumns } from '../terminal.ts'
import { tenantOf } from '../token-format.ts'

export const accounts = command({
  summary: 'list who is signed in',
  description:
    'A star marks the profile that `token` and `call` take. TENANT is the one whose token came. EXPIRES is the end of the access token that is kept; a login that lasts gets new ones after it.',
  options: { json: jsonOption },
  examples: ['doorstep accounts', 'doorstep accounts --json'],
  async run({ json }, io) {
    const { terminal, environment } = io
    const store = await openTokenStore(io)
    const { name: defaultName } = await chooseProfile(undefined, environment)
    const logins = listLogins(store.folder)
    const rows = await Promise.all(logins.map(async (login) => describe(login, await state(login, store), defaultName)))
    const { path, keyPlace } = store.file
    const keyPlaceReason = inCommandWords(store.file.keyPlaceReason)
    for (const profile of await damagedProfiles(store.folder))
      terminal.note(
        `The login of profile ${profile} is damaged. Remove it: npx --no-install doorstep logout --profile ${profile}`,
      )
    if (json) return void terminal.printJson({ accounts: rows, keptIn: path, key: keyPlace, keyReason: keyPlaceReason })
    if (rows.length === 0)
      return void terminal.print('Nobody is signed in. Sign in with: npx --no-install doorstep login')
    const lines = rows.map((row) => [
      row.isDefault ? '*' : '',
      row.profile,
      row.username || '(application)',
      row.cloud,
      row.signedInTenantId ?? row.tenantId,
      row.clientId,
      row.lasts ? 'lasts' : 'ends',
      row.expiresOn ?? (row.lasts ? 'new at next use' : 'ended'),
    ])
    const titles = ['', 'PROFILE', 'ACCOUNT', 'CLOUD', 'TENANT', 'CLIENT', 'LOGIN', 'EXPIRES']
    for (const line of alignColumns([titles, ...lines])) terminal.print(line)
    terminal.note(`Kept in ${path}. ${keyPlaceReason}`)
  },
})

interface LoginState {
  readonly token: AccessToken | undefined
  readonly lasts: boolean
  /** Id of the tenant that was signed in to, where that is known. */
  readonly signedInTenantId: string | undefined
}

async function state(login: Login, store: TokenStore): Promise<LoginState> {
  const token = await keptTokenOf(login, store)
  const ofToken = token && tenantOf(token.token)
  if (login.as === 'application') {
    return { token, lasts: login.proof?.kind !== 'secretNotKept', signedInTenantId: ofToken }
  }
  const [signIn] = await loginSignIns(store.file, login).list()
  // `{user}.{tenant}`: the tenant where the account is at home.
  const ofAccount = /\.([0-9a-f-]{36})$/.exec(signIn?.homeAccountId ?? '')?.[1]
  return { token, lasts: signIn !== undefined, signedInTenantId: ofToken ?? ofAccount }
}

function describe(login: Login, { token, lasts, signedInTenantId }: LoginState, defaultName: string) {
  const { profile, cloud, tenantId, clientId, username, as, authorityHost, scopes, resource, signedInAt } = login
  return {
    profile,
    isDefault: profile === defaultName,
    username,
    as,
    cloud,
    authorityHost,
    tenantId,
    signedInTenantId,
    clientId,
    ...(resource === undefined ? { scopes } : { resource }),
    signedInAt,
    /** Whether new tokens can be had. */
    lasts,
    expiresOn: token && new Date(token.expiresOnTimestamp).toISOString(),
  }
}
