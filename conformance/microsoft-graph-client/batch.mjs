import { BatchRequestContent, BatchResponseContent, client } from './graph-client.mjs'

// The client takes the host off and leaves the rest, which is relative to the version of the batch.
const root = 'https://graph.microsoft.com'
const headers = { 'content-type': 'application/json' }
const body = JSON.stringify({ displayName: process.argv[2] })
const requests = new BatchRequestContent([
  { id: 'register', request: new Request(`${root}/applications`, { method: 'POST', headers, body }) },
  { id: 'users', request: new Request(`${root}/users?$top=1`), dependsOn: ['register'] },
  { id: 'missing', request: new Request(`${root}/users/nobody@contoso.example`), dependsOn: ['users'] },
])
const answers = new BatchResponseContent(await client.api('/$batch').post(await requests.getContent()))
const told = {}
for (const id of ['register', 'users', 'missing']) {
  const answer = answers.getResponseById(id)
  told[id] = { status: answer.status, body: await answer.json() }
}
console.log(JSON.stringify(told))
