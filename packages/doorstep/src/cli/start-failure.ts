import type { DoorstepConfig } from '../config.ts'
import { RefusedError, UsageError } from './failure.ts'
import { findPortHolder } from './port-holder.ts'

/** What kept the local cloud from starting, in words that help; other errors are returned as they are. */
export async function explainStartFailure(error: unknown, config: DoorstepConfig): Promise<unknown> {
  if (!(error instanceof Error)) return error
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE' && port !== undefined) return portTaken(port, config)
  if (code === 'EACCES' && port !== undefined) {
    return new RefusedError(
      `This user may not listen on port ${port}. Choose one above 1023 with ${optionOf(port, config)}.`,
    )
  }
  const unusable = unusableSetting(error, config)
  return unusable === undefined ? error : new UsageError(unusable)
}

/** What is wrong with an option or a setting, in the words of whoever gave it. */
function unusableSetting(error: Error, { host, publicName }: DoorstepConfig): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL' || code === 'EINVAL') {
    return `--host ${host} is not an address of this machine. Give one that is, or 0.0.0.0 for all of them.`
  }
  if (error instanceof TypeError && /dnsNames/.test(error.message)) {
    return `--public-name ${publicName} is not a DNS name. Write the name alone, without https:// and port: entra.test.`
  }
  return /master key/.test(error.message) ? error.message : undefined
}

async function portTaken(port: number, config: DoorstepConfig): Promise<RefusedError> {
  const holder = await findPortHolder(port)
  const who = holder ? `process ${holder.processId} (${holder.name})` : 'another process'
  const option = optionOf(port, config)
  return new RefusedError(
    `Port ${port} is taken by ${who}. End it, or choose another port: ${option} (0 takes a free one).`,
  )
}

const optionOf = (port: number, config: DoorstepConfig) => (port === config.proxyPort ? '--proxy-port' : '--port')
