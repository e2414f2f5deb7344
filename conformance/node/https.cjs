const https = require('node:https')

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = process.env

const request = https.request(
  {
    method: 'POST',
    hostname: 'login.microsoftonline.com',
    path: `/${AZURE_TENANT_ID}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  (response) => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (text) => {
      body += text
    })
    response.on('end', () => {
      if (response.statusCode !== 200) throw new Error(body)
      console.log(JSON.parse(body).access_token)
    })
  },
)
request.end(
  new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: AZURE_CLIENT_ID,
    client_secret: AZURE_CLIENT_SECRET,
    scope: process.argv[2],
  }).toString(),
)
