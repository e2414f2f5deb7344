import { dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { type Cloud, clouds } from '../clouds.ts'
import { UsageError } from '../failure.ts'
import { profileName } from './profile-name.ts'

/** What `doorstep.config.yaml` says. */
export interface Config {
  readonly defaultProfile?: string | undefined
  readonly profiles: Readonly<Record<string, ConfiguredProfile>>
}

/** A profile as a person writes it: what `login` is not told by its options. */
export interface ConfiguredProfile {
  readonly cloud?: Cloud | undefined
  readonly tenant?: string | undefined
  readonly clientId?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly resource?: string | undefined
  readonly signIn?: 'browser' | 'deviceCode' | undefined
  readonly redirectUri?: string | undefined
  readonly clientSecretEnv?: string | undefined
  /** Absolute. */
  readonly certificate?: string | undefined
  readonly certificatePasswordEnv?: string | undefined
}

/** A value of the file and its place in it, for messages. */
interface Place {
  readonly path: string
  readonly value: unknown
}

const secretKeys = /^(client_?)?secret$|password/i

/**
 * Reads the text of a `doorstep.config.yaml`.
 *
 * @param path of the file: for messages, and for paths in it, which begin at its folder
 * @throws {UsageError} naming the key that is wrong, and what was expected
 */
export function parseConfig(text: string, path: string): Config {
  const document = parseDocument(text)
  const [problem] = document.errors
  if (problem) throw new UsageError(`${path} is no YAML: ${problem.message.split('\n')[0]}`)
  const root: Place = { path: '', value: document.toJS() ?? {} }
  try {
    const { defaultProfile, profiles } = membersOf(root, ['defaultProfile', 'profiles'])
    const name = textOf(defaultProfile)
    return {
      ...(name !== undefined && { defaultProfile: profileName(name, 'defaultProfile') }),
      profiles: profiles === undefined ? {} : profilesOf(profiles, dirname(path)),
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`${path}: ${error.message}`)
  }
}

function profilesOf(place: Place, folder: string): Record<string, ConfiguredProfile> {
  const profiles: Record<string, ConfiguredProfile> = {}
  for (const [name, value] of Object.entries(mappingOf(place))) {
    const path = `profiles.${profileName(name, 'profiles:')}`
    profiles[name] = profileOf({ path, value: value ?? {} }, folder)
  }
  return profiles
}

const profileKeys = [
  'cloud',
  'tenant',
  'clientId',
  'scopes',
  'resource',
  'signIn',
  'redirectUri',
  'clientSecretEnv',
  'certificate',
  'certificatePasswordEnv',
] as const

function profileOf(place: Place, folder: string): ConfiguredProfile {
  const members = membersOf(place, profileKeys)
  const certificate = textOf(members.certificate)
  return {
    cloud: choiceOf(members.cloud, clouds),
    tenant: textOf(members.tenant),
    clientId: textOf(members.clientId),
    scopes: textsOf(members.scopes),
    resource: textOf(members.resource),
    signIn: choiceOf(members.signIn, ['browser', 'deviceCode']),
    redirectUri: textOf(members.redirectUri),
    clientSecretEnv: textOf(members.clientSecretEnv),
    certificate: certificate === undefined ? undefined : resolve(folder, certificate),
    certificatePasswordEnv: textOf(members.certificatePasswordEnv),
  }
}

function membersOf<const Key extends string>(
  place: Place,
  keys: readonly Key[],
): Readonly<Partial<Record<Key, Place>>> {
  const members: Partial<Record<Key, Place>> = {}
  for (const [name, value] of Object.entries(mappingOf(place))) {
    const path = place.path === '' ? name : `${place.path}.${name}`
    const key = keys.find((known) => known === name)
    if (key !== undefined) members[key] = { path, value }
    else if (secretKeys.test(name))
      throw new UsageError(`${path}: a secret does not belong into this file. ${insteadOfSecret}`)
    else throw new UsageError(`${path} is not known here: expected ${keys.join(', ')}.`)
  }
  return members
}

const insteadOfSecret = 'Name the variable that holds it: clientSecretEnv: MY_APP_SECRET'

function mappingOf({ path, value }: Place): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  const name = path === '' ? 'the file' : path
  throw new UsageError(`${name}: expected names with values, as in profiles: { work: { cloud: public } }.`)
}

function textOf(place: Place | undefined): string | undefined {
  if (place === undefined || place.value === null) return undefined
  if (typeof place.value === 'string' && place.value.trim() !== '') return place.value
  throw new UsageError(`${place.path}: expected a text, in quotes where YAML would read something else.`)
}

function textsOf(place: Place | undefined): readonly string[] | undefined {
  if (place === undefined || place.value === null) return undefined
  if (!Array.isArray(place.value)) return [textOf(place) ?? '']
  return place.value.map((value, index) => textOf({ path: `${place.path}[${index}]`, value }) ?? '')
}

function choiceOf<const Choice extends string>(
  place: Place | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOf(place)
  if (text === undefined || place === undefined) return undefined
  const chosen = choices.find((choice) => choice === text)
  if (chosen !== undefined) return chosen
  throw new UsageError(`${place.path}: expected ${choices.join(', ')}, but got '${text}'.`)
}
