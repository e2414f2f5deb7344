import { ClientCertificateCredential } from '@azure/identity'

const { AZURE_TENANT_ID, CLIENT_ID, CERTIFICATE_FILE, SEND_CHAIN } = process.env

const credential = new ClientCertificateCredential(
  AZURE_TENANT_ID,
  CLIENT_ID,
  { certificatePath: CERTIFICATE_FILE },
  { sendCertificateChain: SEND_CHAIN === 'yes' },
)
console.log((await credential.getToken(process.argv[2])).token)
