/** Names of the client library's options, as its messages have them, and what a person said instead. */
export type OptionWords = Readonly<Record<string, string>>

/** The options of `login`. */
const loginWords: OptionWords = {
  tenantId: '--tenant',
  clientId: '--client-id',
  clientSecret: 'the client secret',
  redirectUri: '--redirect-uri',
  certificatePath: '--certificate',
  certificatePassword: '--certificate-password-env',
  authorityHost: 'AZURE_AUTHORITY_HOST',
}

/** The variables that name an application, for commands that read those. */
export const environmentWords: OptionWords = {
  tenantId: 'AZURE_TENANT_ID',
  clientId: 'AZURE_CLIENT_ID',
  clientSecret: 'AZURE_CLIENT_SECRET',
  certificatePath: 'AZURE_CLIENT_CERTIFICATE_PATH',
  certificatePassword: 'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  authorityHost: 'AZURE_AUTHORITY_HOST',
}

/** What a program would do, and what a person does instead. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [
    /for a local cloud pass transport: nodeTransport\(\{ ca \}\) with its ca\.pem, or set NODE_EXTRA_CA_CERTS/,
    'name its root in NODE_EXTRA_CA_CERTS; a local cloud is found by --cloud local',
  ],
  [/, or correct authorityHost\b/, ', or choose another --cloud'],
  [
    /check the spelling of authorityHost and the network/,
    'check the network, and AZURE_AUTHORITY_HOST where it is set',
  ],
  [/^scopes\b/, '--scope'],
  [/^resource\b/, '--resource'],
  [/The keychain is turned off by keychain: 'off'/, 'Inside `doorstep run` no keychain is used'],
  [
    /(In a container t|In an SSH session t|T)here is no display\b/,
    'There is no display (DISPLAY and WAYLAND_DISPLAY are not set)',
  ],
  [/ Call authenticate\(\) when the person can be asked\./, ''],
]

/** A sentence of the client library, in the words of this command line. */
export function inCommandWords(sentence: string, words: OptionWords = loginWords): string {
  let said = sentence
  for (const [phrase, instead] of phrases) said = said.replace(phrase, instead)
  for (const [name, instead] of Object.entries(words)) said = said.replace(new RegExp(`\\b${name}\\b`, 'g'), instead)
  return said
}

const namesOfErrors = new Set([
  'CredentialOptionError',
  'SignInError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
  'AuthorityUnreachableError',
])

/** Whether an error is the client library's, which is known by name, so that a command need not load it for this. */
export function isOfLibrary(error: unknown): boolean {
  return error instanceof Error && namesOfErrors.has(error.name)
}
