/** The tenant of personal Microsoft accounts, on every cloud; `consumers` is its other name. */
export const personalAccountsTenantId = '9188040d-6c67-4c5b-b112-36a304b66dad'
export const personalAccountsTenantName = 'Microsoft Accounts'

/** What object ids of personal accounts begin with; the rest is the account's own. */
export const personalAccountIdStart = '00000000-0000-0000-'

/** The object id of a personal account, `00000000-0000-0000-xxxx-xxxxxxxxxxxx`, made of the end of any GUID. */
export function personalAccountId(guid: string): string {
  return `${personalAccountIdStart}${guid.slice(personalAccountIdStart.length)}`
}
