/**
 * The cloud that the tests of the login host start: two tenants, clients with every kind of secret, and APIs of both
 * token versions. All ids are fixed, so that expected answers can be written down whole.
 */

export const contoso = { tenantId: '6a1e0d5c-3f0b-4d52-9a77-0c5f6f0f7d11', domain: 'contoso.example', name: 'Contoso' }
export const fabrikam = {
  tenantId: 'd3b7c9f2-8a41-4f6e-b1c5-2e9a7d604b22',
  domain: 'fabrikam.example',
  name: 'Fabrikam',
}

/** A client with several good secrets, one that has run out, and application permissions on both APIs. */
export const extractor = {
  objectId: '10f0a8a4-54a9-4c3e-8b0a-5c2f9ad41c01',
  appId: '0a123b56-c987-4234-abcd-1a2b3c4d5e6f',
  uri: 'api://0a123b56-c987-4234-abcd-1a2b3c4d5e6f',
  keyId: '7c1d2a60-91b4-4a8e-b7de-2f5c8e9d0a03',
  secret: 'Ext8Q~first-secret-of-the-extractor_0001',
  /** Begins like the first one: the hint does not tell them apart. */
  secondSecret: 'Ext8Q~second-secret-of-the-extractor_02',
  /** Means something else after form decoding, and holds a colon: Basic must be tried decoded and raw. */
  oddSecret: 'x9+b%41c:d~/=&q-odd-secret-of-extractor',
  expiredSecret: 'Old8Q~expired-secret-of-the-extractor_3',
}

/** A client with one secret and no permission at all. */
export const visitor = {
  appId: '4be5d7a1-60c2-4e0d-93fb-6d1c0b7a9e12',
  secret: 'Vis8Q~only-secret-of-the-visitor-000001',
}

/** A client whose only secret has run out. */
export const retired = {
  appId: '59c4e0f3-27ab-4c69-8d15-7e3b2a1f0c23',
  secret: 'Ret8Q~only-secret-of-the-retired-000001',
}

/** A client that has no secret. */
export const keyless = { appId: '6fd09b1e-5e83-4a7c-a2f4-91c8d7e6b534' }

/** A client whose secret runs out one day after the start. */
export const shortLived = {
  appId: '83a1f6c7-0d92-4b5e-b6c8-a4f3e2d1c045',
  secret: 'Sho8Q~secret-that-lasts-a-day-00000001',
}

/** A client that exists in Fabrikam alone. */
export const foreigner = {
  appId: '9e2b7d48-c1f5-4063-8a9d-b7c6d5e4f356',
  secret: 'For8Q~only-secret-of-the-foreigner-0001',
}

/** An API whose access tokens have version 2.0. */
export const inventory = {
  appId: 'a7f3c2e1-94d8-4b6a-9c0e-d1e2f3a4b567',
  uri: 'https://inventory.contoso.example',
}

/** An API that never chose a token version: its access tokens have version 1.0. */
export const ledger = {
  appId: 'b8e4d3f2-a5c9-4c7b-8d1f-e2f3a4b5c678',
  uri: 'https://ledger.contoso.example',
  /** Registered with its slash. */
  uriWithSlash: 'https://archive.contoso.example/',
}

/** A version 2.0 API that asks for the optional claim `idtyp`. */
export const gateway = {
  appId: 'c9f5e4a3-b6da-4d8c-9e20-f3a4b5c6d789',
  uri: 'https://gateway.contoso.example',
}

/** Every secret of the seed file: none of them may come back in an answer. */
export const secrets = [
  extractor.secret,
  extractor.secondSecret,
  extractor.oddSecret,
  extractor.expiredSecret,
  visitor.secret,
  retired.secret,
  shortLived.secret,
  foreigner.secret,
]

const dayInMilliseconds = 86_400_000
const longAgo = { startDateTime: '2020-01-01T00:00:00Z', endDateTime: '2021-01-01T00:00:00Z' }

function appRole(id: string, value: string, allowedMemberTypes: readonly string[] = ['Application']) {
  return { id, value, displayName: value, description: `May use ${value}.`, allowedMemberTypes }
}

function clients() {
  return [
    {
      displayName: 'extractor',
      id: extractor.objectId,
      appId: extractor.appId,
      identifierUris: [extractor.uri],
      passwordCredentials: [
        { displayName: 'first', keyId: extractor.keyId, secretText: extractor.secret },
        { displayName: 'second', secretText: extractor.secondSecret },
        { displayName: 'odd', secretText: extractor.oddSecret },
        { displayName: 'expired', secretText: extractor.expiredSecret, ...longAgo },
      ],
      applicationPermissions: ['Inventory/Stock.Read', 'Inventory/Stock.Write', 'Ledger/Entries.Read'],
      adminConsent: true,
    },
    { displayName: 'visitor', appId: visitor.appId, passwordCredentials: [{ secretText: visitor.secret }] },
    {
      displayName: 'retired',
      appId: retired.appId,
      passwordCredentials: [{ displayName: 'old', secretText: retired.secret, ...longAgo }],
    },
    { displayName: 'keyless', appId: keyless.appId },
    {
      displayName: 'short-lived',
      appId: shortLived.appId,
      passwordCredentials: [
        {
          displayName: 'a day',
          secretText: shortLived.secret,
          endDateTime: new Date(Date.now() + dayInMilliseconds).toISOString(),
        },
      ],
    },
  ]
}

function apis() {
  return [
    {
      displayName: 'Inventory',
      appId: inventory.appId,
      identifierUris: [inventory.uri],
      api: { requestedAccessTokenVersion: 2 },
      appRoles: [
        appRole('0d1c2b3a-4f5e-4d6c-8b7a-1f2e3d4c5b01', 'Stock.Read'),
        appRole('0d1c2b3a-4f5e-4d6c-8b7a-1f2e3d4c5b02', 'Stock.Write'),
        appRole('0d1c2b3a-4f5e-4d6c-8b7a-1f2e3d4c5b03', 'Stock.Delete'),
      ],
    },
    {
      displayName: 'Ledger',
      appId: ledger.appId,
      identifierUris: [ledger.uri, ledger.uriWithSlash],
      appRoles: [appRole('0d1c2b3a-4f5e-4d6c-8b7a-1f2e3d4c5b04', 'Entries.Read')],
    },
    {
      displayName: 'Gateway',
      appId: gateway.appId,
      identifierUris: [gateway.uri],
      api: { requestedAccessTokenVersion: 2 },
      optionalClaims: { accessToken: [{ name: 'idtyp' }] },
    },
  ]
}

/** Text of the seed file; `more` are its further top-level settings, such as `accessTokenLifetime`. */
export function contosoSeed(more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    tenants: [
      {
        tenantId: contoso.tenantId,
        displayName: contoso.name,
        domain: contoso.domain,
        applications: [...apis(), ...clients()],
      },
      {
        tenantId: fabrikam.tenantId,
        displayName: fabrikam.name,
        domain: fabrikam.domain,
        applications: [
          { displayName: 'foreigner', appId: foreigner.appId, passwordCredentials: [{ secretText: foreigner.secret }] },
        ],
      },
    ],
    ...more,
  })
}
