import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { NoticeListener } from './database.ts'

export const noticeChannel = 'doorstep_changes'
const proofEveryMilliseconds = 5_000
const firstRetryInMilliseconds = 50
const slowestRetryInMilliseconds = 5_000
const proofMark = 'proof '

/** Hears what replicas say to each other, over one connection of its own that is made again whenever it ends. */
export interface PostgresListener {
  start(listener: NoticeListener): void
  close(): Promise<void>
}

/**
 * A connection that looks alive may be deaf: cut off without a word, or behind a pooler that shares it. So a listener
 * counts as connected only when a notice it sends itself comes back, and again every five seconds.
 */
export function postgresListener(connectionString: string): PostgresListener {
  let closed = false
  let current: HearingConnection | undefined
  let retry: NodeJS.Timeout | undefined
  let delay = firstRetryInMilliseconds

  const connect = (listener: NoticeListener) => {
    current = hearingConnection(connectionString, {
      connected: () => {
        delay = firstRetryInMilliseconds
        listener.connected()
      },
      received: listener.received,
      lost: () => {
        listener.lost()
        if (closed) return
        retry = setTimeout(() => connect(listener), delay)
        retry.unref()
        delay = Math.min(delay * 2, slowestRetryInMilliseconds)
      },
    })
  }
  return {
    start: connect,
    close: async () => {
      closed = true
      clearTimeout(retry)
      await current?.end()
    },
  }
}

interface HearingConnection {
  end(): Promise<void>
}

/** One connection's life: `connected` once its first proof has come back, `lost` exactly once, at its end. */
function hearingConnection(connectionString: string, listener: NoticeListener): HearingConnection {
  const client = new pg.Client({
    connectionString,
    application_name: 'doorstep listener',
    connectionTimeoutMillis: proofEveryMilliseconds,
    keepAlive: true,
  })
  const proof = `${proofMark}${randomUUID()}`
  let state: 'connecting' | 'hearing' | 'ended' = 'connecting'
  let proven = true
  let timer: NodeJS.Timeout | undefined

  const end = () => {
    if (state === 'ended') return
    state = 'ended'
    clearInterval(timer)
    listener.lost()
  }
  const fail = () => {
    end()
    // A connection that has gone silent would also never answer a farewell.
    client.connection.stream.destroy()
  }
  const prove = () => {
    if (!proven) return fail()
    proven = false
    client.query('select pg_notify($1, $2)', [noticeChannel, proof]).catch(fail)
  }
  client.on('error', fail)
  client.on('end', end)
  client.on('notification', ({ payload = '' }) => {
    if (state === 'ended') return
    if (!payload.startsWith(proofMark)) return listener.received(payload)
    if (payload !== proof) return
    proven = true
    if (state === 'hearing') return
    state = 'hearing'
    listener.connected()
  })
  const listening = client.connect().then(async () => {
    await client.query(`listen ${noticeChannel}`)
    if (state === 'ended') return
    timer = setInterval(prove, proofEveryMilliseconds)
    timer.unref()
    prove()
  }, fail)
  listening.catch(fail)

  return {
    end: async () => {
      end()
      await listening.catch(() => {})
      await client.end().catch(() => {})
    },
  }
}
