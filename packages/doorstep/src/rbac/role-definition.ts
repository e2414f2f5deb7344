/** A role of Azure role-based access control: what it lets its holder do (Azure Resource Manager). */
export interface RoleDefinition {
  /** GUID, the same in every tenant; definitions are compared by it alone. */
  readonly id: string
  readonly roleName: string
  readonly description: string
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
  readonly dataActions: readonly string[]
  readonly notDataActions: readonly string[]
}

function role(
  roleName: string,
  id: string,
  description: string,
  permissions: { actions?: string[]; notActions?: string[]; dataActions?: string[] },
): RoleDefinition {
  return { id, roleName, description, actions: [], notActions: [], dataActions: [], notDataActions: [], ...permissions }
}

/** `prefix` before each of `names`, separated by a slash. */
const under = (prefix: string, names: string) => names.split(' ').map((name) => `${prefix}/${name}`)

const blobContainers = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const delegationKey = 'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'

/** The built-in roles that Doorstep knows, with their real ids ("Azure built-in roles"). */
export const builtInRoles: readonly RoleDefinition[] = [
  role('Owner', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Everything, and who may do what.', { actions: ['*'] }),
  role('Contributor', 'b24988ac-6180-42a0-ab88-20f7382dd24c', 'Everything but access for others.', {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
      'Microsoft.Compute/galleries/share/action',
      'Microsoft.Purview/consents/write',
      'Microsoft.Purview/consents/delete',
      'Microsoft.Resources/deploymentStacks/manageDenySetting/action',
      'Microsoft.Subscription/cancel/action',
      'Microsoft.Subscription/enable/action',
    ],
  }),
  role('Reader', 'acdd72a7-3385-48ef-bd42-f606fba81ae7', 'See everything, change nothing.', { actions: ['*/read'] }),
  role('User Access Administrator', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'Manage the access of others.', {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
  }),
  role(
    'Role Based Access Control Administrator',
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Manage the access of others by role assignments alone.',
    {
      actions: [
        'Microsoft.Authorization/roleAssignments/write',
        'Microsoft.Authorization/roleAssignments/delete',
        '*/read',
        'Microsoft.Support/*',
      ],
    },
  ),
  role('Monitoring Reader', '43d0d8ad-25c7-4714-9337-8ba259a9fe05', 'Read all monitoring data.', {
    actions: ['*/read', 'Microsoft.OperationalInsights/workspaces/search/action', 'Microsoft.Support/*'],
  }),
  role('Monitoring Contributor', '749f88d5-cbae-40b8-bcfc-e573ddc772fa', 'Read monitoring data, change its settings.', {
    actions: [
      '*/read',
      ...under(
        'Microsoft.AlertsManagement',
        'alerts/* alertsSummary/* actionRules/* smartGroups/* smartDetectorAlertRules/* migrateFromSmartDetection/* investigations/*',
      ),
      ...under(
        'Microsoft.Insights',
        'actiongroups/* activityLogAlerts/* AlertRules/* components/* createNotifications/* dataCollectionEndpoints/* dataCollectionRules/* dataCollectionRuleAssociations/* DiagnosticSettings/* eventtypes/* LogDefinitions/* metricalerts/* MetricDefinitions/* Metrics/* notificationStatus/* scheduledqueryrules/* webtests/* workbooks/* workbooktemplates/* privateLinkScopes/* privateLinkScopeOperationStatuses/* Register/Action',
      ),
      ...under(
        'Microsoft.OperationalInsights/workspaces',
        'write intelligencepacks/* savedSearches/* search/action sharedKeys/action storageinsightconfigs/*',
      ),
      'Microsoft.Monitor/investigations/*',
      'Microsoft.Support/*',
    ],
  }),
  role('Monitoring Metrics Publisher', '3913510d-42f4-4e42-8a64-420c390055eb', 'Send metrics about Azure resources.', {
    actions: [
      'Microsoft.Insights/Register/Action',
      'Microsoft.Support/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
    ],
    dataActions: ['Microsoft.Insights/Metrics/Write', 'Microsoft.Insights/Telemetry/Write'],
  }),
  role('Log Analytics Reader', '73c42c96-874c-492b-b04d-ab87d138a893', 'Query logs and see monitoring settings.', {
    actions: [
      '*/read',
      'Microsoft.OperationalInsights/workspaces/analytics/query/action',
      'Microsoft.OperationalInsights/workspaces/search/action',
      'Microsoft.Support/*',
    ],
    notActions: ['Microsoft.OperationalInsights/workspaces/sharedKeys/read'],
  }),
  role(
    'Log Analytics Contributor',
    '92aaf0da-9dab-42b6-94a3-d43ce8d16293',
    'Query logs and manage what is collected.',
    {
      actions: [
        '*/read',
        'Microsoft.ClassicCompute/virtualMachines/extensions/*',
        'Microsoft.ClassicStorage/storageAccounts/listKeys/action',
        'Microsoft.Compute/virtualMachines/extensions/*',
        'Microsoft.HybridCompute/machines/extensions/write',
        'Microsoft.Insights/alertRules/*',
        'Microsoft.Insights/diagnosticSettings/*',
        'Microsoft.OperationalInsights/*',
        'Microsoft.OperationsManagement/*',
        'Microsoft.Resources/deployments/*',
        'Microsoft.Resources/subscriptions/resourcegroups/deployments/*',
        'Microsoft.Storage/storageAccounts/listKeys/action',
        'Microsoft.Support/*',
      ],
    },
  ),
  role(
    'Application Insights Component Contributor',
    'ae349356-3a1b-4a5e-921d-050484c6347e',
    'Manage Application Insights components.',
    {
      actions: [
        'Microsoft.Authorization/*/read',
        ...under(
          'Microsoft.Insights',
          'alertRules/* components/* generateLiveToken/read metricAlerts/* scheduledqueryrules/* topology/read transactions/read webtests/*',
        ),
        'Microsoft.ResourceHealth/availabilityStatuses/read',
        'Microsoft.Resources/deployments/*',
        'Microsoft.Resources/subscriptions/resourceGroups/read',
        'Microsoft.Support/*',
      ],
    },
  ),
  role('Storage Blob Data Reader', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'Read containers and blobs.', {
    actions: [`${blobContainers}/read`, delegationKey],
    dataActions: [`${blobContainers}/blobs/read`],
  }),
  role(
    'Storage Blob Data Contributor',
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    'Read and change containers and blobs.',
    {
      actions: [...under(blobContainers, 'read write delete'), delegationKey],
      dataActions: under(`${blobContainers}/blobs`, 'read write delete add/action move/action'),
    },
  ),
  role('Key Vault Secrets User', '4633458b-17de-408a-b874-0445c86b69e6', 'Read the secrets of a key vault.', {
    dataActions: under('Microsoft.KeyVault/vaults/secrets', 'getSecret/action readMetadata/action'),
  }),
]

/** The built-in role of this name, in any case. */
export function roleDefinitionByName(roleName: string): RoleDefinition | undefined {
  const wanted = roleName.trim().toLowerCase()
  return builtInRoles.find((definition) => definition.roleName.toLowerCase() === wanted)
}

/** The built-in role of this GUID; a full resource id counts by its last segment. */
export function roleDefinitionById(id: string): RoleDefinition | undefined {
  const guid = id.slice(id.lastIndexOf('/') + 1).toLowerCase()
  return builtInRoles.find((definition) => definition.id === guid)
}
