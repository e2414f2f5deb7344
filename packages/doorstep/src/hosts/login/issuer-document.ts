import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { request } from 'node:https'
import { BlockList, isIP } from 'node:net'

const patienceInMilliseconds = 5_000
const longestAnswerInBytes = 256 * 1_024

/** Whoever registers an issuer chooses where this server sends a request to. */
export interface IssuerAccess {
  /** Whether issuers may be on this machine and in its networks: where nobody else can ask for tokens. */
  readonly privateAddresses: boolean
}

/**
 * Reads a JSON document of an issuer. No redirects are followed, and the address is judged after the name was
 * resolved, as it is connected to.
 * @throws {Error} that says why there is none
 */
export async function issuerDocument(address: string, { privateAddresses }: IssuerAccess): Promise<unknown> {
  const url = new URL(address)
  if (!privateAddresses) refusePrivate(url.hostname.replace(/^\[|\]$/g, ''))
  const text = await new Promise<string>((resolve, reject) => {
    const signal = AbortSignal.timeout(patienceInMilliseconds)
    const sent = request(url, {
      agent: false,
      headers: { accept: 'application/json' },
      signal,
      ...(!privateAddresses && { lookup: publicLookup }),
    })
    const refuse = (why: string) => {
      reject(new Error(`${address} ${why}.`))
      sent.destroy()
    }
    sent.on('error', (error) => (signal.aborted ? refuse('does not answer') : reject(error)))
    sent.on('response', (answer) => {
      const chunks: Buffer[] = []
      let length = 0
      if (answer.statusCode !== 200) refuse(`answered ${answer.statusCode}`)
      answer.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > longestAnswerInBytes) refuse('answered with too much')
        else chunks.push(chunk)
      })
      answer.on('error', reject)
      answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    })
    sent.end()
  })
  return JSON.parse(text)
}

/** Blocks of addresses that are not of the public Internet ("IANA Special-Purpose Address Registries"). */
const privateBlocks = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateBlocks.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateBlocks.addSubnet(network, prefix, 'ipv6')
}

/** @throws {Error} for an address outside the public Internet; a name passes */
function refusePrivate(host: string): void {
  const version = isIP(host)
  if (version !== 0 && privateBlocks.check(host, version === 6 ? 'ipv6' : 'ipv4')) {
    throw new Error(`${host} is an address of this machine or of its networks, where no issuer is looked for.`)
  }
}

/** Resolves a name as `dns.lookup` does, and refuses it when one of its addresses is a private one. */
function publicLookup(
  hostname: string,
  options: LookupOptions,
  answer: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error || !first) return answer(error ?? new Error(`${hostname} has no address.`), [])
    try {
      for (const { address } of addresses) refusePrivate(address)
    } catch (refusal) {
      return answer(refusal as Error, [])
    }
    if (options.all) answer(null, addresses)
    else answer(null, first.address, first.family)
  })
}
