import { DeviceCodeCredential } from '@azure/identity'

const { AZURE_TENANT_ID, CLIENT_ID } = process.env

const credential = new DeviceCodeCredential({
  tenantId: AZURE_TENANT_ID,
  clientId: CLIENT_ID,
  userPromptCallback: ({ message }) => console.log(message),
})
console.log((await credential.getToken(process.argv[2])).token)
