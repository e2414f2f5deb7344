import { client, PageIterator } from './graph-client.mjs'

const names = []
const first = await client.api('/users').select(['id', 'userPrincipalName']).top(2).get()
const pages = new PageIterator(client, first, (user) => {
  names.push(user.userPrincipalName)
  return true
})
await pages.iterate()

const counted = await client
  .api('/users')
  .header('ConsistencyLevel', 'eventual')
  .count(true)
  .filter("startswith(userPrincipalName,'user')")
  .get()
console.log(
  JSON.stringify({
    firstPage: first.value.length,
    names,
    count: counted['@odata.count'],
    complete: pages.isComplete(),
  }),
)
