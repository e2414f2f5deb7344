import type { AskedOrigin } from '../host.ts'
import { authorityOf } from './error-response.ts'

/** Versions from before the answer became a list of clouds. */
const firstListVersion = '2019-05-01'

const audiences = ['https://management.core.windows.net/', 'https://management.azure.com/']

/**
 * `GET /metadata/endpoints`, the only address that needs no token: where the services of this cloud are. On the local
 * origin sign-in, Resource Manager and the portal are there too; identifiers of services stay what they are.
 */
export function cloudMetadata(asked: AskedOrigin, apiVersion: string): object {
  const { login, portal, resourceManager } = addressesOf(asked)
  if (apiVersion.slice(0, firstListVersion.length) < firstListVersion) {
    return {
      galleryEndpoint: 'https://gallery.azure.com/',
      graphEndpoint: 'https://graph.windows.net/',
      portalEndpoint: portal,
      authentication: { loginEndpoint: login, audiences },
    }
  }
  return [
    {
      name: 'AzureCloud',
      portal,
      resourceManager,
      authentication: { loginEndpoint: login, audiences, tenant: 'common', identityProvider: 'AAD' },
      ...services,
    },
  ]
}

function addressesOf(asked: AskedOrigin) {
  if (asked.kind === 'local') {
    return { login: authorityOf(asked), portal: `${asked.origin}/portal`, resourceManager: `${asked.origin}/arm` }
  }
  return {
    login: 'https://login.microsoftonline.com/',
    portal: 'https://portal.azure.com/',
    resourceManager: 'https://management.azure.com/',
  }
}

const services = {
  graph: 'https://graph.windows.net/',
  graphAudience: 'https://graph.windows.net/',
  microsoftGraphResourceId: 'https://graph.microsoft.com/',
  batch: 'https://batch.core.windows.net/',
  gallery: 'https://gallery.azure.com/',
  media: 'https://rest.media.azure.net',
  sqlManagement: 'https://management.core.windows.net:8443/',
  activeDirectoryDataLake: 'https://datalake.azure.net/',
  appInsightsResourceId: 'https://api.applicationinsights.io',
  logAnalyticsResourceId: 'https://api.loganalytics.io',
  suffixes: {
    acrLoginServer: 'azurecr.io',
    keyVaultDns: 'vault.azure.net',
    sqlServerHostname: 'database.windows.net',
    storage: 'core.windows.net',
  },
}
