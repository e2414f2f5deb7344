import { describe, expect, it } from 'vitest'
import { decideSession, type SessionSituation, type SignedInAccount } from './prompt.ts'
import type { TenantSegment } from './tenant-segment.ts'

const contoso: TenantSegment = {
  kind: 'tenant',
  tenant: {
    id: 'contoso',
    displayName: 'Contoso',
    verifiedDomains: [],
    createdDateTime: '',
    countryLetterCode: null,
    usersCanRegisterApplications: true,
    usersCanConsent: true,
  },
}

function account(userPrincipalName: string, tenantIds: readonly string[] = ['contoso']): SignedInAccount {
  return {
    account: { homeTenantId: tenantIds[0] ?? '', homeUserId: userPrincipalName, method: 'pwd', authenticatedAt: 1000 },
    sessionId: 'SID',
    userPrincipalName,
    displayName: userPrincipalName,
    hints: [userPrincipalName, `opaque-${userPrincipalName}`],
    tenantIds,
  }
}

const ada = account('ada@contoso.example')
const ben = account('ben@contoso.example')
const guest = account('gil@fabrikam.example', ['fabrikam', 'contoso'])
const stranger = account('sue@fabrikam.example', ['fabrikam'])

type Request = Partial<SessionSituation['request']>

function decide(
  request: Request,
  accounts: readonly SignedInAccount[],
  more: Partial<Omit<SessionSituation, 'request' | 'accounts'>> = {},
): string {
  const wanted = { prompt: undefined, loginHint: undefined, sid: undefined, domainHint: undefined, maxAge: undefined }
  const decision = decideSession({
    request: { ...wanted, ...request },
    accounts,
    segment: contoso,
    chosen: undefined,
    startedAt: 50_000,
    now: 60_000,
    ...more,
  })
  switch (decision.kind) {
    case 'signIn':
      return `signIn ${decision.hint ?? ''}`.trim()
    case 'pickAccount':
      return `pick ${decision.accounts.map(({ userPrincipalName }) => userPrincipalName.slice(0, 3)).join(' ')}`
    case 'use':
      return `use ${decision.account.userPrincipalName.slice(0, 3)}`
    case 'refuse':
      return `${decision.error.error} ${decision.error.code}`
  }
}

describe('which account a request is about', () => {
  it.each<[string, Request, readonly SignedInAccount[], string]>([
    ['nobody signed in', {}, [], 'signIn'],
    ['nobody signed in, with a hint', { loginHint: 'ada@contoso.example' }, [], 'signIn ada@contoso.example'],
    ['one session', {}, [ada], 'use ada'],
    ['one session of a guest', {}, [guest], 'use gil'],
    ['one session of another tenant', {}, [stranger], 'signIn'],
    ['several sessions', {}, [ada, ben], 'pick ada ben'],
    ['several sessions, one of them of another tenant', {}, [ada, stranger], 'use ada'],
    ['a hint in another case', { loginHint: 'BEN@contoso.example' }, [ada, ben], 'use ben'],
    ['an opaque hint', { loginHint: 'opaque-ben@contoso.example' }, [ada, ben], 'use ben'],
    ['a hint to somebody else', { loginHint: 'cy@contoso.example' }, [ada], 'signIn cy@contoso.example'],
    ['a session id', { sid: 'sid' }, [ada], 'use ada'],
    ['an unknown session id', { sid: 'other' }, [ada], 'signIn'],
    ['a domain', { domainHint: 'fabrikam.example' }, [ada, guest], 'use gil'],
    ['any organization', { domainHint: 'organizations' }, [ada], 'use ada'],
    ['personal accounts only', { domainHint: 'consumers' }, [ada], 'signIn'],
    ['prompt=login', { prompt: 'login' }, [ada], 'signIn'],
    [
      'prompt=login with a hint',
      { prompt: 'login', loginHint: 'ada@contoso.example' },
      [ada],
      'signIn ada@contoso.example',
    ],
    ['prompt=select_account', { prompt: 'select_account' }, [ada], 'pick ada'],
    [
      'prompt=select_account takes no hint',
      { prompt: 'select_account', loginHint: 'ben@contoso.example' },
      [ada, ben],
      'pick ada ben',
    ],
    ['prompt=select_account without sessions', { prompt: 'select_account' }, [], 'signIn'],
    ['prompt=consent', { prompt: 'consent' }, [ada], 'use ada'],
    ['a session young enough', { maxAge: 60 }, [ada], 'use ada'],
    ['a session too old', { maxAge: 59 }, [ada], 'signIn ada@contoso.example'],
    ['max_age=0', { maxAge: 0 }, [ada], 'signIn ada@contoso.example'],
  ])('%s', (_name, request, accounts, expected) => {
    expect(decide(request, accounts)).toBe(expected)
  })
})

describe('prompt=none', () => {
  it.each<[string, Request, readonly SignedInAccount[], string]>([
    ['one session', {}, [ada], 'use ada'],
    ['no session', {}, [], 'login_required 50058'],
    ['several sessions', {}, [ada, ben], 'interaction_required 16000'],
    ['several sessions and a hint', { loginHint: 'ben@contoso.example' }, [ada, ben], 'use ben'],
    ['a hint to somebody else', { loginHint: 'cy@contoso.example' }, [ada], 'login_required 50058'],
    ['an unknown session id', { sid: 'other' }, [ada], 'login_required 50058'],
    ['a session of another tenant', {}, [stranger], 'interaction_required 16000'],
    ['a session too old', { maxAge: 10 }, [ada], 'login_required 50058'],
  ])('with %s', (_name, request, accounts, expected) => {
    expect(decide({ ...request, prompt: 'none' }, accounts)).toBe(expected)
  })
})

describe('after a page', () => {
  const fresh = { ...ben, account: { ...ben.account, authenticatedAt: 55_000 } }

  it('the picked account is used', () => {
    expect(decide({ prompt: 'select_account' }, [ada, ben], { chosen: ben })).toBe('use ben')
    expect(decide({ loginHint: 'ada@contoso.example' }, [ada, ben], { chosen: ben })).toBe('use ben')
  })

  it('whoever signed in since is not asked again', () => {
    expect(decide({ prompt: 'login' }, [fresh], { chosen: fresh })).toBe('use ben')
    expect(decide({ maxAge: 0 }, [fresh], { chosen: fresh })).toBe('use ben')
  })

  it('a picked account must still sign in anew where that was asked for', () => {
    expect(decide({ prompt: 'login' }, [ben], { chosen: ben })).toBe('signIn ben@contoso.example')
    expect(decide({ prompt: 'select_account', maxAge: 10 }, [ben], { chosen: ben })).toBe('signIn ben@contoso.example')
  })
})

describe('over an alias', () => {
  it.each([
    [{ kind: 'alias', alias: 'common' }, 'pick ada sue'],
    [{ kind: 'alias', alias: 'organizations' }, 'pick ada sue'],
    [{ kind: 'personal' }, 'signIn'],
  ] as const)('%j: accounts of every tenant count', (segment, expected) => {
    expect(decide({}, [ada, stranger], { segment })).toBe(expected)
  })
})
