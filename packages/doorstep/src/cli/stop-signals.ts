import { signalExitCode } from './exit-code.ts'

export interface StopSignals {
  /** Resolves at the first signal. */
  readonly received: Promise<NodeJS.Signals>
  /** Gives the signals back to the system. */
  release(): void
}

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The first signal asks for an orderly end; a second one ends this process where it stands. */
export function stopSignals(): StopSignals {
  let isAsked = false
  let resolveReceived: (signal: NodeJS.Signals) => void = () => {}
  const received = new Promise<NodeJS.Signals>((resolve) => {
    resolveReceived = resolve
  })
  const listen = (signal: NodeJS.Signals) => {
    if (isAsked) process.exit(signalExitCode(signal))
    isAsked = true
    resolveReceived(signal)
  }
  for (const signal of signals) process.on(signal, listen)
  return {
    received,
    release() {
      for (const signal of signals) process.off(signal, listen)
    },
  }
}
