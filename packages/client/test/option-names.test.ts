import { describe, expect, it } from 'vitest'
import {
  AuthorizationCodeCredential,
  BearerTokenCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DeviceCodeCredential,
  EnvironmentCredential,
  fileStore,
  InteractiveBrowserCredential,
  memoryCache,
  ProfileCredential,
  RefreshTokenCredential,
} from '../src/index.ts'
import { refusalOf } from './support/refusal-of.ts'

/** As a program without types passes them. */
const make = (Credential: unknown, ...options: unknown[]) => Reflect.construct(Object(Credential), options)

describe('an option whose name is not known', () => {
  it.each<[string, unknown, string, string]>([
    ['ClientSecretCredential', ClientSecretCredential, 'authorityhost', 'authorityHost'],
    ['ClientSecretCredential', ClientSecretCredential, 'client_secret', 'clientSecret'],
    ['ClientCertificateCredential', ClientCertificateCredential, 'certificatePsth', 'certificatePath'],
    ['InteractiveBrowserCredential', InteractiveBrowserCredential, 'redirectURI', 'redirectUri'],
    ['AuthorizationCodeCredential', AuthorizationCodeCredential, 'logonHint', 'loginHint'],
    ['DeviceCodeCredential', DeviceCodeCredential, 'tenant', 'tenantId'],
    ['RefreshTokenCredential', RefreshTokenCredential, 'discoveryurl', 'discoveryUrl'],
    ['ProfileCredential', ProfileCredential, 'dir', 'directory'],
    ['BearerTokenCredential', BearerTokenCredential, 'tokens', 'token'],
  ])('is refused by %s, with the one that was meant', (name, Credential, option, meant) => {
    const options = { tenantId: 'contoso.example', clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b', [option]: 'x' }
    const asked = Credential === BearerTokenCredential || Credential === ProfileCredential ? { [option]: 'x' } : options
    expect(() => make(Credential, asked)).toThrow(
      expect.objectContaining({
        name: 'CredentialOptionError',
        option,
        message: `${name} knows no option ${option}. Did you mean ${meant}?`,
      }),
    )
  })

  it('is refused by EnvironmentCredential when a token is asked for, as everything else', async () => {
    const misspelled: object = { authorityhost: 'x' }
    const refusal = await refusalOf(new EnvironmentCredential(misspelled).getToken('a/.default'))
    expect(refusal).toMatchObject({ name: 'CredentialOptionError', option: 'authorityhost' })
  })

  it('is refused by stores', async () => {
    const directory = { dir: '/nowhere' }
    expect(await refusalOf(fileStore(directory as object))).toMatchObject({
      option: 'dir',
      message: 'fileStore knows no option dir. Did you mean directory?',
    })
    expect(() => memoryCache({ size: 5 } as object)).toThrow('It takes maximumEntries.')
  })

  it('is nothing when it has no value', () => {
    const options = {
      tenantId: 'contoso.example',
      clientId: '3f6a0b52-8d5c-4f6e-9a57-0c1d2e3f4a5b',
      clientSecret: 'secret',
      tracing: undefined,
    }
    expect(make(ClientSecretCredential, options)).toBeInstanceOf(ClientSecretCredential)
  })
})

describe('options that are none', () => {
  it.each<[string, unknown[]]>([
    ['nothing', []],
    ['null', [null]],
    ['texts, as @azure/identity takes them', ['contoso.example', 'app', 'hush-hush']],
  ])('are refused with the right form: %s', (_, options) => {
    const error = (() => {
      try {
        make(ClientSecretCredential, ...options)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toMatchObject({ name: 'CredentialOptionError', option: 'options' })
    expect(String(error)).toContain('ClientSecretCredential({ tenantId, clientId')
    expect(String(error)).not.toContain('hush-hush')
  })
})
