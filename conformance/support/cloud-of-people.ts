import { type RunningDoorstep, startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { doorstepWords, execute, type Outcome, type StartedProgram, startProgram } from './run-under-doorstep.ts'

export const contoso = { tenantId: '3f6d1c52-7b0e-4a95-8d1c-6e2f9a4b7c10', domain: 'contoso.example' }

/** Somebody who signs in, as a page or a command has to be told. */
export interface Account {
  readonly name: string
  readonly password: string
}

export const alice = {
  id: '4a7e2d63-8c1f-4ba6-9e2d-7f3a0b5c8d21',
  name: 'alice@contoso.example',
  password: 'Correct-horse-7-battery',
  displayName: 'Alice Larsen',
}
export const bob = { name: 'bob@contoso.example', password: 'Another-horse-8-staple' }

/** An API with version 2.0 access tokens and one permission that people may consent to. */
export const orders = {
  appId: '5b8f3e74-9d20-4cb7-af3e-804b1c6d9e32',
  uri: 'api://5b8f3e74-9d20-4cb7-af3e-804b1c6d9e32',
  scope: 'api://5b8f3e74-9d20-4cb7-af3e-804b1c6d9e32/Orders.Read',
}

/** A local cloud where Alice and Bob may sign in to the applications of one test file. */
export interface CloudOfPeople {
  readonly doorstep: RunningDoorstep
  readonly tenantId: string
  /** Runs a program under `doorstep run` to its end. `options` are those of `run`. */
  run(words: readonly string[], environment?: NodeJS.ProcessEnv, options?: readonly string[]): Promise<Outcome>
  /** Starts a program under `doorstep run`; what still runs is ended by `stop`. */
  start(words: readonly string[], environment?: NodeJS.ProcessEnv, options?: readonly string[]): StartedProgram
  /** Another command of `doorstep` on this cloud, as `npx doorstep` runs it. */
  command(...words: readonly string[]): Promise<Outcome>
  stop(): Promise<void>
}

/** @param applications as the seed file takes them */
export async function startCloudOfPeople(applications: readonly object[]): Promise<CloudOfPeople> {
  const doorstep = await startDoorstep({ seed: seedWith(applications) })
  const { dataDirectory } = doorstep
  const variables = { AZURE_TENANT_ID: contoso.tenantId }
  const started = new Set<StartedProgram>()
  return {
    doorstep,
    tenantId: contoso.tenantId,
    run: (words, environment, options = []) =>
      execute(runWords(dataDirectory, options, words), { ...variables, ...environment }),
    start(words, environment, options = []) {
      const program = startProgram(runWords(dataDirectory, options, words), { ...variables, ...environment })
      started.add(program)
      return program
    },
    command: (...words) => execute(doorstepWords(...words, '--data', dataDirectory)),
    async stop() {
      await Promise.allSettled([...started].map((program) => program.stop()))
      await doorstep.stop()
    },
  }
}

function runWords(dataDirectory: string, options: readonly string[], words: readonly string[]): readonly string[] {
  return doorstepWords('run', '--data', dataDirectory, ...options, '--', ...words)
}

function seedWith(applications: readonly object[]): string {
  return JSON.stringify({
    tenants: [
      {
        tenantId: contoso.tenantId,
        displayName: 'Contoso',
        domain: contoso.domain,
        users: [
          {
            id: alice.id,
            userPrincipalName: alice.name,
            displayName: alice.displayName,
            givenName: 'Alice',
            surname: 'Larsen',
            mail: 'alice.larsen@contoso.example',
            password: alice.password,
          },
          { userPrincipalName: bob.name, displayName: 'Bob', password: bob.password },
        ],
        applications: [
          {
            displayName: 'Orders API',
            appId: orders.appId,
            identifierUris: [orders.uri],
            api: {
              requestedAccessTokenVersion: 2,
              oauth2PermissionScopes: [{ value: 'Orders.Read', type: 'User', adminConsentDisplayName: 'Read orders' }],
            },
          },
          ...applications,
        ],
      },
    ],
  })
}
