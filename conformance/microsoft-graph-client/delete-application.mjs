import { client } from './graph-client.mjs'

const path = `/applications(appId='${process.argv[2]}')`
await client.api(path).delete()
try {
  await client.api(path).get()
} catch ({ statusCode, code, message, requestId }) {
  console.log(JSON.stringify({ statusCode, code, message, requestId }))
}
