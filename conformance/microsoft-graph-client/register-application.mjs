import { client } from './graph-client.mjs'

const application = await client.api('/applications').post({ displayName: process.argv[2] })
const { secretText } = await client
  .api(`/applications/${application.id}/addPassword`)
  .post({ passwordCredential: { displayName: 'first' } })
await client.api('/servicePrincipals').post({ appId: application.appId })
await client.api(`/applications/${application.id}`).update({ notes: 'registered by a program' })
const read = await client.api(`/applications(appId='${application.appId}')`).select('displayName,notes').get()
console.log(JSON.stringify({ appId: application.appId, secretText, read }))
