/** The tenant that owns Microsoft's own applications: their `appOwnerOrganizationId` everywhere. */
export const microsoftServicesTenantId = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'
export const microsoftServicesDomain = 'microsoft-services.example'

/**
 * Client id of the bootstrap application, the same everywhere: by it another replica on the same database finds the
 * application, and by the application's tenant the tenant that the local cloud began with. Only its secret is secret.
 */
export const bootstrapAppId = 'd4a54ec8-5883-5435-9015-8826733a967b'

/** Client ids of the first-party applications that our own code asks for by name. */
export const firstPartyAppIds = {
  microsoftGraph: '00000003-0000-0000-c000-000000000000',
  azureActiveDirectoryGraph: '00000002-0000-0000-c000-000000000000',
  azureResourceManager: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  logAnalytics: 'ca7f3f0b-7d91-482c-8e09-c5d840d0eac5',
  applicationInsights: 'f5c26e74-f226-4ae8-85f0-b4af0080ac9e',
  azureMonitor: '035f9e1d-4f00-4419-bf50-bf2d87eb4878',
  azureMonitorControlService: 'e933bd07-d2ee-4f1d-933c-3752b819567b',
  metricsMonitor: '12743ff8-d3de-49d0-a4ce-6c91a4245ea0',
  prometheus: 'be14bf7e-8ab4-49b0-9dc6-a0eddd6fa73e',
  keyVault: 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093',
  storage: 'e406a681-f3d4-42a8-90b6-c2b029497af1',
  azureCli: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  azurePowerShell: '1950a258-227b-4e31-a9cf-717495945fc2',
  visualStudio: '04f0c124-f2bc-4f59-8241-bf6df9866bbd',
  visualStudioCode: 'aebc6443-996d-45c2-90f0-388ff96faa56',
  graphCommandLineTools: '14d82eec-204b-4c2f-b7e8-296a70dab67e',
  graphExplorer: 'de8bc8b5-d9f9-48b1-a8ad-b748da725064',
  azurePortal: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  azurePortalBackend: '74658136-14ec-4630-ad9b-26e160ff0fc6',
} as const
