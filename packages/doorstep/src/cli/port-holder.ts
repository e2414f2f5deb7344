import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'

/** A process that listens on a port. */
export interface PortHolder {
  readonly processId: number
  readonly name: string
}

/** Who listens on a TCP port of this machine, as far as this user may know; undefined when it cannot be told. */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  try {
    return process.platform === 'linux' ? await holderFromProc(port) : await holderFromLsof(port)
  } catch {
    return undefined
  }
}

async function holderFromProc(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  )
  const links = new Set(listeningInodes(tables.join('\n'), port).map((inode) => `socket:[${inode}]`))
  if (links.size === 0) return undefined
  for (const entry of await readdir('/proc')) {
    if (/^\d+$/.test(entry) && (await holdsSocket(entry, links))) {
      return { processId: Number(entry), name: await commandName(entry) }
    }
  }
  return undefined
}

/** Columns of `/proc/net/tcp`: 1 local address as `hex:hex`, 3 state (0A listens), 9 inode. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    const inode = columns[9]
    return columns[1]?.endsWith(suffix) && columns[3] === '0A' && inode ? [inode] : []
  })
}

async function holdsSocket(processId: string, links: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${processId}/fd`
  const descriptors = await readdir(folder).catch(() => [])
  for (const descriptor of descriptors) {
    const target = await readlink(`${folder}/${descriptor}`).catch(() => '')
    if (links.has(target)) return true
  }
  return false
}

/** The program and, for an interpreter, the script that it runs. */
async function commandName(processId: string): Promise<string> {
  const words = (await readFile(`/proc/${processId}/cmdline`, 'utf8').catch(() => '')).split('\0').filter(Boolean)
  const script = words.slice(1).find((word) => !word.startsWith('-'))
  return [words[0], script].flatMap((word) => (word ? [basename(word)] : [])).join(' ') || 'unknown'
}

async function holderFromLsof(port: number): Promise<PortHolder | undefined> {
  const words = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']
  const { stdout } = await promisify(execFile)('lsof', words, { timeout: 3_000 })
  const processId = /^p(\d+)$/m.exec(stdout)?.[1]
  return processId ? { processId: Number(processId), name: /^c(.+)$/m.exec(stdout)?.[1] ?? 'unknown' } : undefined
}
