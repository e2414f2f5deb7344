/**
 * A program for the durability test: commits an application with its service principal, again and again, and prints
 * the client id of each once it is committed. Arguments: the data folder, and the address of a PostgreSQL database if
 * that is the one to write to.
 */
import { writeSync } from 'node:fs'
import { openStores } from '../open.ts'
import { anApplication, aServicePrincipal } from './records.ts'

const [directory = '', database] = process.argv.slice(2)
const stores = await openStores({ directory, database })
for (;;) {
  const application = anApplication({ identifierUris: [], tags: ['durable'] })
  await stores.commit([
    { change: 'createApplication', application },
    { change: 'createServicePrincipal', servicePrincipal: aServicePrincipal(application) },
  ])
  writeSync(1, `${application.appId}\n`)
}
