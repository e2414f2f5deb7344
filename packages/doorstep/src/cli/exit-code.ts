import { constants } from 'node:os'
import { InterruptedError, RefusedError, UnreachableError, UsageError } from './failure.ts'

/** What a shell gets to see of a process that a signal ended. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

/**
 * 1 refused, 2 usage, 3 cannot reach; undefined for an error that nobody foresaw. Errors of the client library and of
 * the local cloud are known by name, so that a command that needs neither does not load them.
 */
export function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof UsageError) return 2
  if (error instanceof RefusedError) return 1
  if (error instanceof UnreachableError) return 3
  if (error instanceof InterruptedError) return signalExitCode(error.signal)
  return error instanceof Error ? exitCodesByName[error.name] : undefined
}

const exitCodesByName: Readonly<Record<string, number>> = {
  CredentialOptionError: 2,
  TokenRequestError: 1,
  SignInError: 1,
  AuthenticationRequiredError: 1,
  CredentialUnavailableError: 1,
  AuthorityUnreachableError: 3,
  DataFolderError: 1,
  SeedError: 1,
  TrustStepError: 1,
  UnusableDatabase: 1,
}
