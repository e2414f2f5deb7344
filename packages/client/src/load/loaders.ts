import { cached } from '../cache/cached.ts'
import type { TokenCredential } from '../credential.ts'
import { BearerTokenCredential, type BearerTokenCredentialOptions } from '../credentials/bearer-token.ts'
import { ClientCertificateCredential } from '../credentials/client-certificate.ts'
import { ClientSecretCredential } from '../credentials/client-secret.ts'
import { DeviceCodeCredential } from '../credentials/device-code.ts'
import { InteractiveBrowserCredential } from '../credentials/interactive-browser.ts'
import { CredentialOptionError } from '../errors.ts'
import type { LoadOptions } from './load.ts'
import { Section } from './section.ts'
import { applicationSettings, personSettings, type Settings } from './settings.ts'

/** A credential and what it is to be asked for. */
export interface Loaded {
  readonly credential: TokenCredential
  readonly scopes: readonly string[]
  readonly resource?: string | undefined
}

/** Kinds of credentials by the name that a configuration has for them. All throw `CredentialOptionError`. */
export const LOADERS: Readonly<Record<string, (value: unknown, options: LoadOptions) => Loaded>> = {
  token: loadToken,
  client_credentials: loadClientCredentials,
  interactive: loadInteractive,
  device_code: loadDeviceCode,
  client_certificate: loadClientCertificate,
}

function loadToken(token: unknown): Loaded {
  if (!isTokenSource(token)) {
    throw new CredentialOptionError('token', 'token must be an access token as text, or a function that gives one.')
  }
  return { credential: new BearerTokenCredential({ token }), scopes: [] }
}

const isTokenSource = (token: unknown): token is BearerTokenCredentialOptions['token'] =>
  typeof token === 'string' || typeof token === 'function'

function loadClientCredentials(value: unknown, options: LoadOptions): Loaded {
  const section = new Section('client_credentials', value)
  const application = applicationSettings(section)
  const clientSecret = section.requireText(
    'client_secret',
    "the application's secret, from a variable or a secret store",
  )
  const names = { clientSecret: 'client_secret' }
  return finish(section, options, application, names, () => {
    const { authorityHost, tenantId, clientId } = application
    return new ClientSecretCredential({ authorityHost, tenantId, clientId, clientSecret, ...transportOf(options) })
  })
}

function loadClientCertificate(value: unknown, options: LoadOptions): Loaded {
  const section = new Section('client_certificate', value)
  const application = applicationSettings(section)
  const [certificate, path] = [section.text('certificate'), section.text('certificate_path')]
  const password = section.text('certificate_password')
  section.ignore('cert_thumbprint') // of the certificate itself, which is here
  const names = { certificate: 'certificate', certificatePath: 'certificate_path' }
  return finish(section, options, application, names, () => {
    const { authorityHost, tenantId, clientId } = application
    return new ClientCertificateCredential({
      ...{ authorityHost, tenantId, clientId, ...transportOf(options) },
      ...(certificate !== undefined && { certificate }),
      ...(path !== undefined && { certificatePath: path }),
      ...(password !== undefined && { certificatePassword: password }),
    })
  })
}

function loadDeviceCode(value: unknown, options: LoadOptions): Loaded {
  const section = new Section('device_code', value)
  const person = personSettings(section)
  return finish(section, options, person, {}, () => {
    return new DeviceCodeCredential({ ...person.credential, ...personOptions(options) })
  })
}

function loadInteractive(value: unknown, options: LoadOptions): Loaded {
  const section = new Section('interactive', value)
  const person = personSettings(section)
  const redirectUri = section.text('redirect_uri') ?? `http://localhost:${section.port('redirect_port') ?? 53_000}`
  section.ignore('redirect_port')
  return finish(section, options, person, { redirectUri: 'redirect_uri' }, () => {
    return new InteractiveBrowserCredential({
      ...{ ...person.credential, ...personOptions(options), redirectUri },
      ...options.interactive,
    })
  })
}

/** What each option of a credential is called in every section. */
const SETTINGS_OF_OPTIONS = { clientId: 'client_id', discoveryUrl: 'oauth_discovery_url' }

/** Makes the credential when every setting has been read; what it refuses is said by the name of the setting. */
function finish(
  section: Section,
  { cache }: LoadOptions,
  settings: Settings,
  names: Readonly<Record<string, string>>,
  make: () => TokenCredential,
): Loaded {
  section.ignore('token_expiry_leeway_seconds', 'token_cache_path', 'clear_cache', 'mem_cache_only')
  section.refuseOthers()
  const { scopes, resource, addressKey } = settings
  const known: Readonly<Record<string, string>> = {
    ...{ ...SETTINGS_OF_OPTIONS, tenantId: addressKey, authorityHost: addressKey },
    ...names,
  }
  try {
    return { credential: cached(make(), cache), scopes, resource }
  } catch (error) {
    const key = error instanceof CredentialOptionError ? known[error.option] : undefined
    if (!(error instanceof CredentialOptionError) || key === undefined) throw error
    throw new CredentialOptionError(section.path(key), `In ${section.path(key)}: ${error.message}`)
  }
}

const transportOf = ({ transport }: LoadOptions) => (transport === undefined ? {} : { transport })

const personOptions = (options: LoadOptions) => ({
  ...transportOf(options),
  ...(options.signIns !== undefined && { signIns: options.signIns }),
  ...(options.userPromptCallback !== undefined && { userPromptCallback: options.userPromptCallback }),
})
