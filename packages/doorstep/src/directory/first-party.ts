import {
  type Application,
  type ApplicationProperties,
  type AppRole,
  newApplication,
  type PermissionScope,
  type PreAuthorizedApplication,
} from './application.ts'
import { firstPartyAppIds, microsoftServicesDomain, microsoftServicesTenantId } from './first-party-ids.ts'
import { graphAppRoles, graphPermissionScopes } from './graph-permissions.ts'

/** Where a CDF API exists without being asked for; the seed file names others. */
export const defaultCdfClusters = ['api', 'westeurope-1'] as const

/** Derives an id that is the same everywhere from a text; the directory makes no ids of its own. */
export type DeriveId = (text: string) => string

/** First-party applications are older than any local cloud; a fixed date keeps them the same everywhere. */
const createdDateTime = '2015-01-01T00:00:00Z'

const nativeClientPage = 'https://login.microsoftonline.com/common/oauth2/nativeclient'

/** Scopes of Microsoft Graph that Azure CLI and Azure PowerShell hold without anybody's consent. */
const azurePowerShellGraphScopes = [
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'AuditLog.Read.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'Directory.AccessAsUser.All',
  'Group.ReadWrite.All',
  'User.Read.All',
  'openid',
  'profile',
  'email',
  'offline_access',
]
const azureCliGraphScopes = [...azurePowerShellGraphScopes, 'User.ReadWrite.All']

function scope(id: string, value: string, allows: string): PermissionScope {
  return {
    id,
    value,
    type: 'User',
    isEnabled: true,
    adminConsentDisplayName: allows,
    adminConsentDescription: `${allows}, on behalf of the signed-in user.`,
    userConsentDisplayName: allows,
    userConsentDescription: `${allows}, on your behalf.`,
  }
}

function applicationRole(id: string, value: string, allows: string): AppRole {
  return {
    id,
    value,
    displayName: allows,
    description: `${allows}, without a signed-in user.`,
    isEnabled: true,
    allowedMemberTypes: ['Application'],
  }
}

function firstParty(appId: string, properties: ApplicationProperties, derive: DeriveId): Application {
  return newApplication(
    { signInAudience: 'AzureADMultipleOrgs', ...properties },
    {
      id: derive(`application ${appId}`),
      appId,
      tenantId: microsoftServicesTenantId,
      publisherDomain: microsoftServicesDomain,
      createdDateTime,
    },
  )
}

interface Api {
  readonly appId: string
  readonly displayName: string
  readonly identifierUris: readonly string[]
  readonly scopes?: readonly PermissionScope[]
  readonly appRoles?: readonly AppRole[]
  /** Clients that need no consent; by default the tools and the portal, for every scope. */
  readonly preAuthorized?: readonly PreAuthorizedApplication[]
}

const tools = [
  firstPartyAppIds.azureCli,
  firstPartyAppIds.azurePowerShell,
  firstPartyAppIds.visualStudio,
  firstPartyAppIds.visualStudioCode,
  firstPartyAppIds.azurePortal,
]

/** An API of Microsoft's; all of them take v1.0 access tokens. */
function api(description: Api, derive: DeriveId): Application {
  const { appId, displayName, identifierUris, scopes = [], appRoles = [] } = description
  const everyScope = scopes.map(({ id }) => id)
  const everyTool =
    scopes.length === 0 ? [] : tools.map((tool) => ({ appId: tool, delegatedPermissionIds: everyScope }))
  return firstParty(
    appId,
    {
      displayName,
      identifierUris,
      appRoles,
      api: {
        acceptMappedClaims: null,
        knownClientApplications: [],
        requestedAccessTokenVersion: 1,
        oauth2PermissionScopes: scopes,
        preAuthorizedApplications: description.preAuthorized ?? everyTool,
      },
    },
    derive,
  )
}

function graphScopeIds(values: readonly string[]): readonly string[] {
  return graphPermissionScopes.filter(({ value }) => values.includes(value)).map(({ id }) => id)
}

const everyGraphScope = graphPermissionScopes.map(({ id }) => id)

const microsoftGraph: Api = {
  appId: firstPartyAppIds.microsoftGraph,
  displayName: 'Microsoft Graph',
  identifierUris: ['https://graph.microsoft.com'],
  scopes: graphPermissionScopes,
  appRoles: graphAppRoles,
  preAuthorized: [
    { appId: firstPartyAppIds.azureCli, delegatedPermissionIds: graphScopeIds(azureCliGraphScopes) },
    { appId: firstPartyAppIds.azurePowerShell, delegatedPermissionIds: graphScopeIds(azurePowerShellGraphScopes) },
    { appId: firstPartyAppIds.azurePortal, delegatedPermissionIds: everyGraphScope },
  ],
}

const loganalyticsRegions = [
  'australiasoutheast',
  'eastus',
  'northeurope',
  'southeastasia',
  'westcentralus',
  'westeurope',
  'westus2',
]

/** The APIs that a token can be for; ids of permissions that Microsoft does not publish are derived. */
function apis(derive: DeriveId): readonly Api[] {
  const impersonation = (appId: string, allows: string) => [
    scope(derive(`${appId} user_impersonation`), 'user_impersonation', allows),
  ]
  return [
    microsoftGraph,
    {
      appId: firstPartyAppIds.azureActiveDirectoryGraph,
      displayName: 'Windows Azure Active Directory',
      identifierUris: ['https://graph.windows.net/'],
    },
    {
      appId: firstPartyAppIds.azureResourceManager,
      displayName: 'Azure Resource Manager',
      identifierUris: ['https://management.azure.com/', 'https://management.core.windows.net/'],
      scopes: [scope('41094075-9dad-400e-a0bd-54e686782033', 'user_impersonation', 'Manage Azure resources')],
    },
    {
      appId: firstPartyAppIds.logAnalytics,
      displayName: 'Log Analytics API',
      identifierUris: [
        'https://api.loganalytics.io',
        'https://api.loganalytics.azure.com',
        ...loganalyticsRegions.map((region) => `https://${region}.api.loganalytics.io`),
      ],
      scopes: [scope('e8dac03d-d467-4a7e-9293-9cca7df08b31', 'Data.Read', 'Read Log Analytics data')],
      appRoles: [applicationRole('e8f6e161-84d0-4cd7-9441-2d46ec9ec3d5', 'Data.Read', 'Read Log Analytics data')],
    },
    {
      appId: firstPartyAppIds.applicationInsights,
      displayName: 'Application Insights API',
      identifierUris: [
        'https://api.applicationinsights.io',
        ...[1, 2, 3, 4, 5].map((number) => `https://api${number}.applicationinsights.io`),
      ],
      scopes: [scope('c6d30a22-009b-43ce-a9e9-3ca625e7a3d4', 'Data.Read', 'Read Application Insights data')],
      appRoles: [
        applicationRole('3c63f9fe-1706-42a7-9f53-25b47753d668', 'Data.Read', 'Read Application Insights data'),
      ],
    },
    {
      appId: firstPartyAppIds.azureMonitor,
      displayName: 'Azure Monitor',
      identifierUris: [
        'https://monitoring.azure.com/',
        'https://ingestion.monitor.azure.com/',
        'https://monitor.core.windows.net/',
      ],
      scopes: impersonation(firstPartyAppIds.azureMonitor, 'Send custom metrics'),
    },
    {
      appId: firstPartyAppIds.azureMonitorControlService,
      displayName: 'Azure Monitor Control Service',
      identifierUris: ['https://monitor.azure.com/'],
      scopes: impersonation(firstPartyAppIds.azureMonitorControlService, 'Send logs'),
    },
    {
      appId: firstPartyAppIds.metricsMonitor,
      displayName: 'Metrics Monitor API',
      identifierUris: ['https://metrics.monitor.azure.com'],
      scopes: impersonation(firstPartyAppIds.metricsMonitor, 'Read metrics'),
    },
    {
      appId: firstPartyAppIds.prometheus,
      displayName: 'Azure Monitor Query',
      identifierUris: ['https://prometheus.monitor.azure.com', 'https://data.monitor.azure.com'],
      scopes: impersonation(firstPartyAppIds.prometheus, 'Query metrics'),
    },
    {
      appId: firstPartyAppIds.keyVault,
      displayName: 'Azure Key Vault',
      identifierUris: ['https://vault.azure.net'],
      scopes: [scope('f53da476-18e3-4152-8e01-aec403e6edc0', 'user_impersonation', 'Use key vaults')],
    },
    {
      appId: firstPartyAppIds.storage,
      displayName: 'Azure Storage',
      identifierUris: ['https://storage.azure.com'],
      scopes: [scope('03e0da56-190b-40ad-a80c-ea378c433f7f', 'user_impersonation', 'Use storage accounts')],
    },
    {
      appId: firstPartyAppIds.azurePortalBackend,
      displayName: 'Azure Portal Directory Administration',
      identifierUris: [],
      scopes: impersonation(firstPartyAppIds.azurePortalBackend, 'Administer the directory as in the portal'),
    },
  ]
}

interface PublicClient {
  readonly appId: string
  readonly displayName: string
  readonly redirectUris: readonly string[]
}

/** Tools that run on a person's machine: they have no secret and may use the device code flow. */
const publicClients: readonly PublicClient[] = [
  {
    appId: firstPartyAppIds.azureCli,
    displayName: 'Microsoft Azure CLI',
    redirectUris: [
      'http://localhost',
      nativeClientPage,
      `ms-appx-web://microsoft.aad.brokerplugin/${firstPartyAppIds.azureCli}`,
    ],
  },
  {
    appId: firstPartyAppIds.azurePowerShell,
    displayName: 'Microsoft Azure PowerShell',
    redirectUris: [
      'http://localhost',
      nativeClientPage,
      'urn:ietf:wg:oauth:2.0:oob',
      `ms-appx-web://microsoft.aad.brokerplugin/${firstPartyAppIds.azurePowerShell}`,
    ],
  },
  {
    appId: firstPartyAppIds.visualStudio,
    displayName: 'Visual Studio',
    redirectUris: ['http://localhost', nativeClientPage],
  },
  {
    appId: firstPartyAppIds.visualStudioCode,
    displayName: 'Visual Studio Code',
    redirectUris: ['http://localhost', 'https://vscode.dev/redirect', nativeClientPage],
  },
  {
    appId: firstPartyAppIds.graphCommandLineTools,
    displayName: 'Microsoft Graph Command Line Tools',
    redirectUris: ['http://localhost', nativeClientPage],
  },
]

interface SinglePageClient {
  readonly appId: string
  readonly displayName: string
  readonly redirectUris: readonly string[]
}

const singlePageClients: readonly SinglePageClient[] = [
  {
    appId: firstPartyAppIds.azurePortal,
    displayName: 'Azure Portal',
    redirectUris: ['https://portal.azure.com/', 'https://entra.microsoft.com/', 'https://localhost:8443/portal/'],
  },
  {
    appId: firstPartyAppIds.graphExplorer,
    displayName: 'Graph Explorer',
    redirectUris: ['https://developer.microsoft.com/en-us/graph/graph-explorer'],
  },
]

/**
 * Microsoft's own applications under their real client ids, as every local cloud begins with them: APIs, tools and
 * the portal, all registered in the Microsoft services tenant. A CDF API per cluster is `cdfApi`.
 * Object ids come from `derive` and are the same in every local cloud.
 */
export function firstPartyApplications(derive: DeriveId): readonly Application[] {
  return [
    ...apis(derive).map((description) => api(description, derive)),
    ...publicClients.map(({ appId, displayName, redirectUris }) =>
      firstParty(appId, { displayName, isFallbackPublicClient: true, publicClient: { redirectUris } }, derive),
    ),
    ...singlePageClients.map(({ appId, displayName, redirectUris }) =>
      firstParty(appId, { displayName, spa: { redirectUris } }, derive),
    ),
  ]
}

/** The identifier URI by which tokens for a cluster of Cognite Data Fusion are asked for. */
function cdfIdentifierUri(cluster: string): string {
  return `https://${cluster}.cognitedata.com`
}

/** The name under which the API of a cluster stands among "APIs my organization uses". */
function cdfDisplayName(cluster: string): string {
  return `CDF ${cluster}`
}

const cdfScopes: readonly (readonly [value: string, allows: string])[] = [
  ['user_impersonation', 'Use Cognite Data Fusion with all access of the signed-in user'],
  ['IDENTITY', 'Read who is signed in and what that person may do'],
  ['DATA.VIEW', 'Read data'],
  ['DATA.CHANGE', 'Change data'],
]

/**
 * The API of one cluster of Cognite Data Fusion. Its tokens carry the caller's groups, for users and applications,
 * since CDF decides by them. Cognite does not publish its client ids, so all ids are derived from the cluster's name.
 */
export function cdfApi(cluster: string, derive: DeriveId): Application {
  const application = api(
    {
      appId: derive(`cdf ${cluster}`),
      displayName: cdfDisplayName(cluster),
      identifierUris: [cdfIdentifierUri(cluster)],
      scopes: cdfScopes.map(([value, allows]) => scope(derive(`cdf ${cluster} ${value}`), value, allows)),
      preAuthorized: [],
    },
    derive,
  )
  return { ...application, groupMembershipClaims: 'SecurityGroup' }
}

/** Everything the Microsoft services tenant holds from the start. */
export function initialFirstPartyApplications(derive: DeriveId): readonly Application[] {
  return [...firstPartyApplications(derive), ...defaultCdfClusters.map((cluster) => cdfApi(cluster, derive))]
}
