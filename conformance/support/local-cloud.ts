import { type RunningDoorstep, startDoorstep } from '../../packages/doorstep/test/support/start-doorstep.ts'
import { doorstepWords, execute, type Outcome, runUnderDoorstep } from './run-under-doorstep.ts'

/** What `doorstep app create NAME --secret --json` prints. */
export interface RegisteredApp {
  readonly appId: string
  readonly displayName: string
  readonly password: string
  readonly tenant: string
  readonly objectId: string
  readonly servicePrincipalId: string
}

/** A local cloud with one registered application, and nothing granted to it. */
export interface LocalCloud {
  readonly doorstep: RunningDoorstep
  readonly tenantId: string
  readonly app: RegisteredApp
  /**
   * Runs a program under `doorstep run`, with the application in the variables that Azure's own tools read:
   * AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET. `environment` comes after them.
   */
  run(words: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Outcome>
  /** Registers an API whose access tokens are v2.0, with its service principal; returns its appId. */
  registerVersion2Api(displayName: string): Promise<string>
  stop(): Promise<void>
}

export async function startLocalCloud(): Promise<LocalCloud> {
  const doorstep = await startDoorstep()
  try {
    const { tenantId, dataDirectory } = doorstep
    const app = await registerApp(dataDirectory, 'AzMonAPIApp')
    const variables = {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: app.appId,
      AZURE_CLIENT_SECRET: app.password,
    }
    return {
      doorstep,
      tenantId,
      app,
      run: (words, environment) => runUnderDoorstep(dataDirectory, words, { ...variables, ...environment }),
      registerVersion2Api: (displayName) => registerVersion2Api(doorstep, displayName),
      stop: () => doorstep.stop(),
    }
  } catch (error) {
    await doorstep.stop()
    throw error
  }
}

async function registerApp(dataDirectory: string, name: string): Promise<RegisteredApp> {
  const words = doorstepWords('app', 'create', name, '--secret', '--json', '--data', dataDirectory)
  const { code, stdout, stderr } = await execute(words)
  if (code !== 0) throw new Error(`doorstep app create ended with ${code}:\n${stderr}`)
  return JSON.parse(stdout)
}

async function registerVersion2Api({ graph }: RunningDoorstep, displayName: string): Promise<string> {
  const create = async (path: string, body: unknown): Promise<{ appId: string }> => {
    const answer = await graph.request('POST', `/v1.0${path}`, body)
    if (answer.status !== 201) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const { appId } = await create('/applications', { displayName, api: { requestedAccessTokenVersion: 2 } })
  await create('/servicePrincipals', { appId })
  return appId
}
