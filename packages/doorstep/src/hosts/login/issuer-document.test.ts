import { describe, expect, it } from 'vitest'
import { issuerDocument } from './issuer-document.ts'

describe('the document of an issuer', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.8.9.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.1.1',
    '0x7f.1',
    '2130706433',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[fd00::1]',
    '[fe80::1]',
    'localhost',
  ])('is not read from %s where that is an address of the inside', async (host) => {
    const reading = issuerDocument(`https://${host}:1/x`, { privateAddresses: false })
    await expect(reading).rejects.toThrow(/address of this machine or of its networks/)
  })

  it('is asked for there where nobody else asks', async () => {
    const reading = issuerDocument('https://127.0.0.1:1/x', { privateAddresses: true })
    await expect(reading).rejects.toThrow(/ECONNREFUSED/)
  })
})
