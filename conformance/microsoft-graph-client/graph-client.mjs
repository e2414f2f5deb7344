import { ClientSecretCredential } from '@azure/identity'
import graph from '@microsoft/microsoft-graph-client'
import authProviders from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js'

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = process.env

const credential = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET)
const authProvider = new authProviders.TokenCredentialAuthenticationProvider(credential, {
  scopes: ['https://graph.microsoft.com/.default'],
})

export const { BatchRequestContent, BatchResponseContent, PageIterator } = graph
export const client = graph.Client.initWithMiddleware({ authProvider })
