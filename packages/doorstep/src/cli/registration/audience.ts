/** Who may sign in to an application: "supported account types". */
export const signInAudiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
] as const

/** Whether people with a personal Microsoft account are among those who may sign in. */
export function takesPersonalAccounts(audience: string | undefined): boolean {
  return audience?.includes('PersonalMicrosoftAccount') === true
}
