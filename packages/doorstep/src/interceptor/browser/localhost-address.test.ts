import { expect, it } from 'vitest'
import { localhostAddress } from './localhost-address.ts'

it.each([
  [
    'https://login.microsoftonline.com/common/oauth2/v2.0/authorize?a=1&b=%20#c',
    '/common/oauth2/v2.0/authorize?a=1&b=%20#c',
  ],
  ['https://LOGIN.microsoftonline.com', '/'],
  ['http://microsoft.com/devicelogin', '/devicelogin'],
  ['https://graph.microsoft.com/v1.0/me', '/graph/v1.0/me'],
  ['https://management.azure.com/subscriptions?api-version=1', '/arm/subscriptions?api-version=1'],
  ['https://portal.azure.com/#home', '/portal/#home'],
  ['https://westeurope-1.cognitedata.com/api', '/cdf/api'],
])('%s is found on localhost', (address, path) => {
  expect(localhostAddress(new URL(address), 'https://localhost:8443')).toBe(`https://localhost:8443${path}`)
})

it.each(['https://example.com/a', 'http://localhost:53000/?code=1', 'https://cognitedata.com.example/'])(
  '%s stays what it is',
  (address) => {
    expect(localhostAddress(new URL(address), 'https://localhost:8443')).toBe(address)
  },
)
