/** The name under which a user of another tenant is a guest of the tenant with this domain, as Entra forms it. */
export function guestPrincipalName(emailAddress: string, domain: string): string {
  return `${emailAddress.replace('@', '_')}#EXT#@${domain}`
}
