import { randomUUID } from 'node:crypto'
import { changeSettings } from './change-settings.ts'
import { applySeed, type CloudIdentity, organizations, prepareIdentity, resetIdentity } from './cloud-identity.ts'
import type { DoorstepConfig } from './config.ts'
import { firstPartyAppIds } from './directory/first-party-ids.ts'
import { defaultDomain } from './directory/tenant.ts'
import type { DispatchParts } from './dispatch.ts'
import { reportFault, reportUnreachableIssuer } from './fault-log.ts'
import type { ControlledClock, ControlledSignIns, ControlParts } from './hosts/control/index.ts'
import type { LoginParts } from './hosts/login/login-parts.ts'
import type { Kept } from './kept.ts'
import type { RunDoors } from './run-doors.ts'
import type { Seed } from './seed.ts'
import { tokenIssuer } from './tokens/issuer.ts'
import { verificationKeys } from './tokens/verification-keys.ts'
import { version } from './version.ts'

/** What the rooms are made from. */
export interface Cloud {
  readonly config: DoorstepConfig
  readonly kept: Kept
  readonly seed: Seed | undefined
  /** Resets, and what follows from those of other replicas, one after another. */
  readonly oneByOne: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly addresses: { readonly url: string; readonly proxy: string; readonly tlsPort: number }
  /** Whether nobody but this machine reaches the listener. */
  readonly loopbackOnly: boolean
  readonly stopping: AbortSignal
  readonly requestStop: () => void
  readonly doors: RunDoors
}

/** The rooms that are built. Each loads its code and is made at its first request. */
export function roomsOf(cloud: Cloud, controlToken: string): DispatchParts['rooms'] {
  const { kept } = cloud
  const { stores, secrets, clock } = kept
  const guardOfGraph = once(() => guardFor(cloud, ['https://graph.microsoft.com', firstPartyAppIds.microsoftGraph]))
  const login = once(() => loginParts(cloud, async (token) => (await guardOfGraph()).verify(token)))
  return {
    login: async () => {
      const { loginHost } = await import('./hosts/login/index.ts')
      return loginHost(login())
    },
    graph: async () => {
      const [{ graphHost }, guard] = await Promise.all([import('./hosts/graph/index.ts'), guardOfGraph()])
      const makers = {
        newSecret: () => secrets.newSecret(),
        hashPassword: (password: string) => secrets.hashChosen(password),
        matchesPassword: (password: string, passwordHash: string) => secrets.matches(password, passwordHash),
        newId: () => randomUUID(),
      }
      return graphHost({ ...stores, ...makers, guard, clock, reportFault })
    },
    management: async () => {
      const [{ managementHost }, guard] = await Promise.all([
        import('./hosts/management/index.ts'),
        guardFor(cloud, ['https://management.azure.com', 'https://management.core.windows.net']),
      ])
      return managementHost({ ...stores, guard, clock, newId: () => randomUUID(), reportFault })
    },
    'portal-api': async () => {
      const [{ portalApiHost }, guard] = await Promise.all([
        import('./hosts/portal-api/index.ts'),
        guardFor(cloud, [firstPartyAppIds.azurePortalBackend]),
      ])
      return portalApiHost({ ...stores, guard, clock, newId: () => randomUUID(), reportFault })
    },
    control: async () => {
      const { controlHost } = await import('./hosts/control/index.ts')
      return controlHost({ ...controlParts(cloud, controlToken), signIns: controlledSignIns(login) })
    },
  }
}

function loginParts(
  { kept, doors, loopbackOnly }: Cloud,
  verifyGraphToken: LoginParts['graphTokens']['verify'],
): LoginParts {
  const { stores, secrets, clock, keys, masterKey } = kept
  const purpose = 'sign-in flow'
  const foreign = once(async () => {
    const { foreignKeys } = await import('./hosts/login/foreign-keys.ts')
    return foreignKeys({ privateAddresses: loopbackOnly, reportUnreachable: reportUnreachableIssuer })
  })
  const parts: LoginParts = {
    ...stores,
    newId: () => randomUUID(),
    secrets,
    hashPassword: (password) => secrets.hashChosen(password),
    clock,
    keys,
    foreignKeys: { find: async (issuer, keyId) => (await foreign()).find(issuer, keyId) },
    graphTokens: { verify: verifyGraphToken },
    issuer: tokenIssuer(keys.current),
    pairwiseHash: (text) => masterKey.keyedHash(text, 'pairwise subject'),
    seal: { seal: (text) => masterKey.seal(text, purpose), open: (sealed) => masterKey.open(sealed, purpose) },
    deviceCodeIssued: (issued) => void answerDeviceCode(issued, doors, parts).catch(reportFault),
    reportFault,
  }
  return parts
}

/** Answers a device code for the account that its run signs in as, where it does. */
async function answerDeviceCode(
  { userCode, runId }: { readonly userCode: string; readonly runId: string },
  doors: RunDoors,
  parts: LoginParts,
): Promise<void> {
  const run = doors.byId(runId)
  if (!run?.signIn) return
  const { answerDeviceCodeOfRun } = await import('./hosts/login/device-code-of-run.ts')
  const { userPrincipalName } = run.signIn
  const outcome = await answerDeviceCodeOfRun({ ...run.signIn, userCode }, parts)
  if (outcome.kind !== 'deviceCodeAnswered') run.report({ ...outcome, userCode, userPrincipalName })
}

/** What control may do in the name of people. */
function controlledSignIns(login: () => LoginParts): ControlledSignIns {
  const signIns = () => import('./hosts/login/sign-in/sign-in-without-person.ts')
  return {
    account: async (name) => (await signIns()).signInAccount(name, login()),
    beginSession: async (name) => (await signIns()).signInWithoutPerson(name, login()),
    async approveDeviceCode(approval) {
      const { approveDeviceCode } = await import('./hosts/login/approve-device-code.ts')
      return approveDeviceCode(approval, login())
    },
  }
}

/** Makes a value when it is first asked for. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** The listener's origin under its public name, where it has one. */
function publicOrigin({ publicName }: DoorstepConfig, localOrigin: string): string[] {
  return publicName ? [localOrigin.replace('localhost', publicName.toLowerCase())] : []
}

/** Our own APIs take only tokens that this local cloud signed for them, under its real or its localhost issuer. */
async function guardFor({ config, kept, addresses }: Cloud, audience: readonly string[]) {
  const { createGuard } = await import('@doorstep/guard')
  const keyOf = verificationKeys(kept.keys)
  return createGuard({
    tenants: 'any',
    audience,
    authorityHosts: ['https://login.microsoftonline.com', addresses.url, ...publicOrigin(config, addresses.url)],
    clock: () => kept.clock.now(),
    keys: ({ kid }) => keyOf(kid),
  })
}

function controlParts(cloud: Cloud, controlToken: string): Omit<ControlParts, 'signIns'> {
  const { kept, addresses } = cloud
  const startedAt = new Date(performance.timeOrigin).toISOString()
  return {
    controlToken,
    async describe() {
      const { tenantId, subscriptionId, administrator } = await prepareIdentity(kept)
      const tenants = await organizations(kept.stores)
      return {
        ...addresses,
        tenantId,
        subscriptionId,
        tenants: tenants.map((tenant) => ({
          tenantId: tenant.id,
          displayName: tenant.displayName,
          domain: defaultDomain(tenant),
        })),
        administrator: { userPrincipalName: administrator.userPrincipalName },
        caCertificate: kept.folder.pathOf('ca.pem'),
        dataDirectory: kept.folder.path,
        processId: process.pid,
        version,
        startedAt,
      }
    },
    clock: controlledClock(kept),
    reset: () => cloud.oneByOne(() => resetCloud(cloud)),
    requestStop: cloud.requestStop,
    openRun: cloud.doors.open,
    stopping: cloud.stopping,
    reportFault,
  }
}

/** Moves the clock and keeps its offset, so that a restart does not travel back in time. */
function controlledClock({ stores, clock, moveClockTo }: Kept): ControlledClock {
  const moveTo = async (offsetFrom: (before: number) => number) => {
    const { clockOffsetMilliseconds } = await changeSettings(stores, (before) => ({
      ...before,
      clockOffsetMilliseconds: offsetFrom(before.clockOffsetMilliseconds),
    }))
    await moveClockTo(clockOffsetMilliseconds)
  }
  return {
    read: () => ({ now: clock.now(), offsetMilliseconds: clock.offset() }),
    advance: (milliseconds) => moveTo((before) => before + milliseconds),
    setTo: (now) => moveTo(() => now - Date.now()),
    reset: () => moveTo(() => 0),
  }
}

/** Makes the local cloud as after its first start, and applies the seed again. Published keys stay true. */
async function resetCloud({ config, kept, seed }: Cloud): Promise<CloudIdentity> {
  await kept.moveClockTo(0)
  const identity = await resetIdentity(kept)
  await applySeed(seed, config.propagationInSeconds, kept)
  return identity
}
