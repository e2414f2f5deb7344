import { DefaultAzureCredential } from '@azure/identity'

const credential = new DefaultAzureCredential()
console.log((await credential.getToken(process.argv[2])).token)
