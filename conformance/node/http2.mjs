import { connect } from 'node:http2'
import { json } from 'node:stream/consumers'

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = process.env

const session = connect('https://login.microsoftonline.com')
const request = session.request({
  ':method': 'POST',
  ':path': `/${AZURE_TENANT_ID}/oauth2/v2.0/token`,
  'content-type': 'application/x-www-form-urlencoded',
})
request.end(
  new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: AZURE_CLIENT_ID,
    client_secret: AZURE_CLIENT_SECRET,
    scope: process.argv[2],
  }).toString(),
)
const answer = await json(request)
session.close()
if (!answer.access_token) throw new Error(answer.error_description)
console.log(answer.access_token)
