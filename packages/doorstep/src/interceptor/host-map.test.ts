import { describe, expect, it } from 'vitest'
import { type HostRoom, interceptedHosts, roomOf } from './host-map.ts'

describe('the map of intercepted hosts', () => {
  it.each<[string, HostRoom]>([
    ['login.microsoftonline.com', 'login'],
    ['login.windows.net', 'login'],
    ['login.microsoft.com', 'login'],
    ['sts.windows.net', 'login'],
    ['microsoft.com', 'login'],
    ['graph.microsoft.com', 'graph'],
    ['management.azure.com', 'management'],
    ['management.core.windows.net', 'management'],
    ['portal.azure.com', 'portal'],
    ['entra.microsoft.com', 'portal'],
    ['main.iam.ad.ext.azure.com', 'portal-api'],
    ['api.loganalytics.io', 'monitor'],
    ['api.loganalytics.azure.com', 'monitor'],
    ['api.applicationinsights.io', 'monitor'],
    ['westeurope.monitoring.azure.com', 'monitor'],
    ['cognitedata.com', 'cdf'],
    ['api.cognitedata.com', 'cdf'],
    ['westeurope-1.cognitedata.com', 'cdf'],
    ['my-instance.energy.azure.com', 'energy'],
  ])('%s is answered by %s', (name, room) => {
    expect(roomOf(name)).toBe(room)
  })

  it('reads names as DNS does: in any case, with the trailing dot', () => {
    expect(roomOf('Login.MicrosoftOnline.COM')).toBe('login')
    expect(roomOf('graph.microsoft.com.')).toBe('graph')
    expect(roomOf('API.CogniteData.com.')).toBe('cdf')
  })

  it('intercepts every depth below a wildcard, so that nothing meant for it leaves the machine', () => {
    expect(roomOf('a.b.cognitedata.com')).toBe('cdf')
  })

  it.each([
    'www.microsoft.com',
    'microsoft.com.example.com',
    'notmicrosoft.com',
    'evilcognitedata.com',
    '.cognitedata.com',
    'monitoring.azure.com',
    'energy.azure.com',
    'azure.com',
    'graph.microsoft.com:443',
    'localhost',
    '127.0.0.1',
    '',
  ])('leaves %j alone', (name) => {
    expect(roomOf(name)).toBeUndefined()
  })

  it('names every pattern once, in lower case', () => {
    const patterns = interceptedHosts.map(({ pattern }) => pattern)
    expect(new Set(patterns).size).toBe(patterns.length)
    for (const pattern of patterns) expect(pattern).toMatch(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/)
  })
})
