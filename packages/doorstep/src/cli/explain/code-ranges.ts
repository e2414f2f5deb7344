/** What the first digits of a code tell. Longest first: the first that fits is taken. */
const ranges: readonly (readonly [start: string, meaning: string])[] = [
  ['7000', 'the client: who it is, its secret, certificate or grant'],
  ['9002', 'the form of the request, or the kind of client it comes from'],
  ['500', 'who signs in, the account, the session or the API asked for'],
  ['530', 'Conditional Access and other policies'],
  ['700', 'the grant, the client or its assertion'],
  ['900', 'the request or the tenant'],
  ['120', 'a change of the password'],
  ['130', 'Windows Hello keys and devices'],
  ['135', 'devices'],
  ['140', 'devices and their session keys'],
  ['16', 'the choice among several accounts of a browser'],
  ['17', 'the keys of an account'],
  ['20', 'federation with another identity provider'],
  ['28', 'the scopes of a code'],
  ['40', 'an external OAuth identity provider'],
  ['50', 'who signs in, the account, the session or the API asked for'],
  ['51', 'accounts of an on-premises directory'],
  ['53', 'Conditional Access and other policies'],
  ['54', 'age rules and used codes'],
  ['65', 'consent and permissions'],
  ['67', 'services that act for each other'],
  ['70', 'the grant, the client or the scope'],
  ['75', 'SAML messages'],
  ['76', 'signed SAML requests'],
  ['80', 'pass-through authentication: the agents on premises'],
  ['81', 'seamless single sign-on by Kerberos'],
  ['90', 'the request, the tenant or the service itself'],
  ['10', 'the request, the cloud or the region'],
]

/** What an unknown code is about, as far as its number tells. */
export function codeRange(code: number): string | undefined {
  const digits = String(code)
  return ranges.find(([start]) => digits.startsWith(start) && digits.length >= 5)?.[1]
}
