import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newUser } from '../../../directory/user.ts'
import type { BrowserSession, SessionAccount } from '../../../protocol/sign-in-records.ts'
import { openStores } from '../../../stores/open.ts'
import type { Change, Stores } from '../../../stores/stores.ts'
import { signedInAccounts } from './accounts.ts'

const tenantId = randomUUID()
const userId = randomUUID()
const authenticatedAt = Date.UTC(2030, 0, 2)
const before = '2030-01-01T00:00:00.000Z'
const after = '2030-01-02T00:00:01.000Z'

let folder: string
let stores: Stores

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doorstep-'))
  stores = await openStores({ directory: folder })
})
afterAll(async () => {
  await stores?.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  const user = newUser(
    { userPrincipalName: 'alice@contoso.example', displayName: 'Alice' },
    { id: userId, tenantId, createdDateTime: before },
  )
  return stores.reset([
    {
      change: 'createTenant',
      tenant: {
        id: tenantId,
        displayName: 'Contoso',
        verifiedDomains: [],
        createdDateTime: before,
        countryLetterCode: null,
        usersCanRegisterApplications: true,
        usersCanConsent: true,
      },
    },
    { change: 'createUser', user },
    passwordOf(before),
  ])
})

function passwordOf(changedDateTime: string): Change {
  return { change: 'setUserPassword', password: { userId, passwordHash: 'hash', changedDateTime, mustChange: false } }
}

const revocationAt = (validFrom: string): Change => ({ change: 'revokeSignInSessions', userId, validFrom })

/** The user names that a browser session, in which Alice signed in, stands for. */
async function namesIn(method: SessionAccount['method']): Promise<readonly string[]> {
  const account: SessionAccount = { homeTenantId: tenantId, homeUserId: userId, method, authenticatedAt }
  const session: BrowserSession = {
    id: 'id',
    sessionId: randomUUID(),
    accounts: [account],
    persistent: false,
    createdAt: authenticatedAt,
    expiresAt: authenticatedAt + 86_400_000,
  }
  return (await signedInAccounts(session, stores)).map(({ userPrincipalName }) => userPrincipalName)
}

describe('a browser session', () => {
  it.each<[string, 'pwd' | 'control', Change | undefined, boolean]>([
    ['nothing', 'pwd', undefined, true],
    ['a change of the password', 'pwd', passwordOf(after), false],
    ['a change of the password', 'control', passwordOf(after), true],
    ['a revocation', 'pwd', revocationAt(after), false],
    ['a revocation', 'control', revocationAt(after), false],
    ['a revocation from before', 'pwd', revocationAt(before), true],
    ['a deletion', 'pwd', { change: 'deleteUser', id: userId, deletedDateTime: after }, false],
  ])('after %s, with a sign-in by %s', async (_what, method, change, lives) => {
    if (change) await stores.commit([change])
    expect(await namesIn(method)).toEqual(lives ? ['alice@contoso.example'] : [])
  })
})
