import axios from 'axios'

const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = process.env

try {
  const { data } = await axios.post(
    `https://login.microsoftonline.com/${AZURE_TENANT_ID}/oauth2/v2.0/token`,
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: AZURE_CLIENT_ID,
      client_secret: AZURE_CLIENT_SECRET,
      scope: process.argv[2],
    }),
  )
  console.log(data.access_token)
} catch (error) {
  console.error(error.message, error.response?.data)
  process.exitCode = 1
}
