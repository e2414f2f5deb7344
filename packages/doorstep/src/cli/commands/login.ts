import { resolve } from 'node:path'
import { type Login, writeLogin } from '@doorstep/client'
import { dataDirectory, readBootstrap } from '../../data-folder.ts'
import { authorityHosts, azureCliClientId, clouds } from '../clouds.ts'
import {
  type CommandIO,
  choice,
  command,
  dataOption,
  flag,
  jsonOption,
  profileOption,
  text,
  texts,
} from '../command.ts'
import { askControl, findLocalCloud, readLocalCloud } from '../control-client.ts'
import { RefusedError, UsageError } from '../failure.ts'
import { type Authority, authorityOf } from '../login/authority.ts'
import { useLocalBrowser } from '../login/browser-of-login.ts'
import { type ChosenProfile, chooseProfile } from '../login/choose-profile.ts'
import { forgetTokensOf, forgetUnlisted } from '../login/forget-login.ts'
import { loginRecord } from '../login/login-record.ts'
import { describeApi, keepToken, type SignedIn, signIn } from '../login/sign-in.ts'
import { planSignIn, type SignInPlan } from '../login/sign-in-plan.ts'
import { openTokenStore } from '../login/token-store.ts'
import { printable } from '../terminal.ts'

export const login = command({
  summary: 'sign in, and keep it for `token` and `call`',
  description: [
    'A person signs in with a browser, or with a code where none can be opened; an application with its secret or certificate. With a secret, --browser signs a person in to a web app.',
    `Without --client-id this is Azure CLI's own application, ${azureCliClientId}, which every tenant of every cloud knows (local, public, usgov, china).`,
    'What the options do not say is taken from the profile in doorstep.config.yaml. The sign-in is kept encrypted; a secret is not kept.',
    'The cloud is the local one, unless --cloud, the profile or AZURE_AUTHORITY_HOST names another: nothing local travels by accident.',
  ].join('\n'),
  options: {
    profile: profileOption('name under which it is kept (default: DOORSTEP_PROFILE, else default)'),
    cloud: choice('CLOUD', clouds, 'who signs in (default: AZURE_AUTHORITY_HOST, else local)'),
    tenant: text('TENANT', 'id or domain name of the tenant (default for people: organizations, which is any)'),
    clientId: text('ID', 'the application (default: Azure CLI’s, see above)'),
    scope: texts('SCOPE', 'permission to ask for, v2.0 (default: https://graph.microsoft.com/.default)'),
    resource: text('RESOURCE', 'API to ask for, v1.0: https://management.azure.com/'),
    browser: flag('with a browser'),
    deviceCode: flag('with a code that is typed on any device'),
    redirectUri: text(
      'URI',
      'registered address of this machine where the browser brings the answer: http://localhost:53000',
    ),
    clientSecretEnv: text('VARIABLE', 'name of the variable that holds the client secret'),
    clientSecretStdin: flag('read the client secret from standard input'),
    certificate: text('FILE', 'PEM file with the certificate and private key of the application'),
    certificatePasswordEnv: text('VARIABLE', 'name of the variable that holds the password of its key'),
    data: dataOption,
    json: jsonOption,
  },
  examples: [
    'doorstep login',
    'doorstep login --cloud public --tenant contoso.com --device-code',
    'doorstep login --client-id 0a123b56-c987-4234-abcd-1a2b3c4d5e6f --redirect-uri http://localhost:53000 --scope https://api.cognitedata.com/.default',
    'doorstep login --profile web --browser --client-id 0a123b56-c987-4234-abcd-1a2b3c4d5e6f --client-secret-env WEB_SECRET',
    'doorstep login --profile ci --cloud public --tenant contoso.com --client-id 0a123b56-c987-4234-abcd-1a2b3c4d5e6f --certificate ci.pem',
  ],
  async run(options, io) {
    const { environment } = io
    const profile = await chooseProfile(options.profile, environment)
    const folder = dataDirectory(options.data, environment)
    const plan = planSignIn(options, profile.configured, environment, (await readLocalCloud(folder))?.instance.url)
    if (options.data !== undefined && plan.cloud !== 'local')
      throw new UsageError(`--data names a local cloud, and --cloud is ${plan.cloud}: leave one of them out.`)
    const store = await openTokenStore(io)
    if (store.file.keyPlace === 'memory') {
      throw new RefusedError(`The sign-in cannot be kept. ${store.file.keyPlaceReason}`)
    }
    const secret = await secretOf(plan, io)
    const place = await placeOf(plan, folder, io)
    const id = crypto.randomUUID()
    const withoutBrowser =
      plan.cloud === 'local' && plan.way !== 'deviceCode' && plan.way !== 'application'
        ? await useLocalBrowser(folder, environment)
        : undefined
    const beginning = describeBeginning(plan, place)
    const before = loginRecord(store.folder, profile.name)
    const record = (signedIn: SignedIn) => recordOf(plan, place, signedIn, { id, profile })
    const signedIn = await signIn(
      { ...place, plan, id, secret, withoutBrowser, beginning },
      store,
      io,
      async (result) => {
        const kept = record(result)
        await keepToken(kept, result.token, store)
        await writeLogin(store.folder, kept).catch((error: Error) => {
          throw new RefusedError(`The login cannot be kept: ${error.message}`, { cause: error })
        })
      },
    )
    if (before === 'damaged') await forgetUnlisted(store)
    else if (before !== undefined) await forgetTokensOf(before, store)
    report(record(signedIn), signedIn, options.json, io)
  },
})

/** Where it is done. */
interface SignInPlace {
  readonly tenantId: string
  readonly authority: Authority
  readonly dataDirectory: string | undefined
  readonly subscriptionId: string | undefined
}

async function placeOf(plan: SignInPlan, folder: string, io: CommandIO): Promise<SignInPlace> {
  if (plan.cloud !== 'local') {
    if (plan.way === 'application' && plan.tenantId === undefined) {
      throw new UsageError(
        'Say which tenant the application signs in to: --tenant contoso.com, or set AZURE_TENANT_ID.',
      )
    }
    const { cloud } = plan
    const authority = await authorityOf({ cloud, authorityHost: authorityHosts[cloud] }, io.environment)
    return {
      tenantId: plan.tenantId ?? 'organizations',
      authority,
      dataDirectory: undefined,
      subscriptionId: await subscriptionOfRun(io),
    }
  }
  const authority = await authorityOf({ cloud: 'local', authorityHost: '', dataDirectory: folder }, io.environment)
  return {
    tenantId: plan.tenantId ?? (plan.way === 'application' ? await localTenant(folder) : 'organizations'),
    authority,
    dataDirectory: folder,
    subscriptionId: await subscriptionAt(folder, io),
  }
}

async function subscriptionAt(folder: string, { environment }: CommandIO): Promise<string | undefined> {
  const { subscriptionId } = await askControl(await findLocalCloud(folder, environment), 'GET', '/instance')
  return typeof subscriptionId === 'string' ? subscriptionId : undefined
}

/** Inside `doorstep run` the real names are the local cloud's, and so is the subscription. */
async function subscriptionOfRun(io: CommandIO): Promise<string | undefined> {
  const { DOORSTEP_INTERCEPT, DOORSTEP_DATA } = io.environment
  if (!DOORSTEP_INTERCEPT || !DOORSTEP_DATA) return undefined
  return subscriptionAt(DOORSTEP_DATA, io).catch(() => undefined)
}

async function localTenant(folder: string): Promise<string> {
  return (await readBootstrap(folder))?.tenantId ?? 'organizations'
}

async function secretOf({ proof }: SignInPlan, { terminal, environment }: CommandIO): Promise<string | undefined> {
  if (proof?.kind === 'secretVariable') return valueOfVariable(proof.variable, '--client-secret-env', environment)
  if (proof?.kind === 'certificate') {
    const { passwordVariable: variable } = proof
    return variable === undefined ? undefined : valueOfVariable(variable, '--certificate-password-env', environment)
  }
  if (proof?.kind !== 'secretStdin') return undefined
  if (terminal.isInteractive || process.stdin.isTTY) {
    throw new UsageError(
      '--client-secret-stdin reads from a pipe: pass show my-app | npx --no-install doorstep login --client-secret-stdin …',
    )
  }
  const { text: readText } = await import('node:stream/consumers')
  const secret = (await readText(process.stdin)).replace(/\r?\n$/, '')
  if (secret !== '') return secret
  throw new UsageError('--client-secret-stdin: standard input is empty, where the client secret was expected.')
}

function valueOfVariable(variable: string, option: string, environment: CommandIO['environment']): string {
  const value = environment[variable]
  if (value) return value
  // A name in small letters may be a secret that was put in the wrong place.
  const name = /^[A-Z0-9_]+$/.test(variable) ? ` ${variable}` : ''
  throw new UsageError(`The variable${name} that ${option} names is not set.`)
}

function describeBeginning({ way, asked, clientId }: SignInPlan, { tenantId, authority }: SignInPlace): string {
  const how = {
    browser: 'with a browser',
    any: 'with a browser',
    deviceCode: 'with a code',
    application: `as the application ${clientId}`,
  }[way]
  return `Signing in at ${authority.authorityHost} (tenant ${tenantId}) ${how}, for ${describeApi(asked)}.`
}

function recordOf(
  plan: SignInPlan,
  place: SignInPlace,
  { as, username, proof }: SignedIn,
  { id, profile }: { id: string; profile: ChosenProfile },
): Login {
  return {
    id,
    profile: profile.name,
    cloud: plan.cloud,
    authorityHost: place.authority.authorityHost,
    dataDirectory: place.dataDirectory,
    tenantId: place.tenantId,
    clientId: plan.clientId,
    as,
    proof: proof?.kind === 'certificate' ? { ...proof, path: resolve(proof.path) } : proof,
    scopes: plan.asked.scopes,
    resource: plan.asked.resource,
    username,
    subscriptionId: place.subscriptionId,
    signedInAt: new Date().toISOString(),
  }
}

function report(kept: Login, { token, isKept }: SignedIn, json: boolean, { terminal, environment }: CommandIO): void {
  const { profile, cloud, tenantId, clientId, username, as } = kept
  const expiresOn = new Date(token.expiresOnTimestamp).toISOString()
  if (!isKept) {
    terminal.note(
      as === 'application'
        ? `The client secret was not kept: this login ends with its token, at ${expiresOn}. --client-secret-env keeps the name of its variable.`
        : `The authority gave no refresh token: this login ends with its token, at ${expiresOn}.`,
    )
  }
  if (environment.AZURE_CLIENT_ID && environment.AZURE_CLIENT_SECRET && profile === 'default') {
    terminal.note('AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are set: `token` uses them unless --profile is given.')
  }
  if (json) return void terminal.printJson({ profile, cloud, tenantId, clientId, username, as, expiresOn })
  const who = as === 'application' ? `the application ${clientId}` : printable(username) || 'somebody without a name'
  terminal.print(`Signed in ${who} (profile ${profile}).`)
}
