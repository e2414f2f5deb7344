import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, SCOPE } = process.env

const configuration = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, client.None())
client.enableNonRepudiationChecks(configuration)

const device = await client.initiateDeviceAuthorization(configuration, { scope: SCOPE })
console.log(`Open ${device.verification_uri} and enter ${device.user_code}`)
const tokens = await client.pollDeviceAuthorizationGrant(configuration, device)
console.log(JSON.stringify({ claims: tokens.claims(), tokens }))
