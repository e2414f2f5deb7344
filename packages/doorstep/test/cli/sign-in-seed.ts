/** People and programs for tests of sign-ins that no person makes. */

export const tenant = '0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b'
export const alice = 'alice@contoso.example'
/** Has no password, and never had one. */
export const dave = 'dave@contoso.example'
export const disabled = 'bob@contoso.example'

/** Its permissions were granted by an administrator. */
export const granted = '2b3c4d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e'
/** Nobody has consented to this one, and anybody may. */
export const newcomer = '3c4d5e6f-7a8b-4c9d-8e0f-2a3b4c5d6e7f'
/** Asks for what only an administrator can grant. */
export const greedy = '4d5e6f7a-8b9c-4d0e-9f1a-3b4c5d6e7f8a'

const publicClient = 'publicClient: { redirectUris: ["http://localhost"] }, isFallbackPublicClient: true'

export const signInSeed = `
tenants:
  - displayName: Contoso
    domain: contoso.example
    tenantId: ${tenant}
    users:
      - { userPrincipalName: ${alice}, displayName: Alice, password: Correct-horse-7-battery }
      - { userPrincipalName: ${dave}, displayName: Dave }
      - { userPrincipalName: ${disabled}, displayName: Bob, accountEnabled: false }
    applications:
      - displayName: granted
        appId: ${granted}
        publicClient: { redirectUris: ["http://localhost"] }
        isFallbackPublicClient: true
        permissions: [Microsoft Graph/openid, Microsoft Graph/profile, Microsoft Graph/User.Read]
        adminConsent: true
      - { displayName: newcomer, appId: ${newcomer}, ${publicClient}, permissions: ["Microsoft Graph/User.Read"] }
      - { displayName: greedy, appId: ${greedy}, ${publicClient}, permissions: ["Microsoft Graph/User.Read.All"] }
`
