import { CredentialOptionError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { refuseOlderNames } from './older-names.ts'

/** The settings below one name of a configuration. Messages name the setting and repeat no value. */
export class Section {
  readonly #name: string
  readonly #settings: JsonObject
  readonly #read = new Set<string>()

  /** @throws {CredentialOptionError} unless the value is an object, and without names of older SDKs */
  constructor(name: string, value: unknown) {
    if (!isJsonObject(value)) {
      throw new CredentialOptionError(name, `${name} must hold settings, such as client_id, each on a line of its own.`)
    }
    refuseOlderNames(value, name)
    this.#name = name
    this.#settings = value
  }

  /** Name of a setting with its section, as errors say it. */
  path(key: string): string {
    return `${this.#name}.${key}`
  }

  has(key: string): boolean {
    return this.#settings[key] != null
  }

  /** @throws {CredentialOptionError} when it is there and no text, or a placeholder that nothing was put in for */
  text(key: string): string | undefined {
    this.#read.add(key)
    const value = this.#settings[key]
    if (value == null) return undefined
    if (typeof value !== 'string' || value === '') throw this.refuse(key, 'must be a text that is not empty.')
    if (/^\$(?:\{\w+\}|[A-Z_][A-Z0-9_]*)$/.test(value)) {
      throw this.refuse(key, 'is still a placeholder: put the value of the variable in before you load the settings.')
    }
    return value
  }

  /** @throws {CredentialOptionError} when it is missing, and as `text` */
  requireText(key: string, fix: string): string {
    const value = this.text(key)
    if (value === undefined) throw this.refuse(key, `is missing: ${fix}.`)
    return value
  }

  /** A list of texts, or one text with spaces between. @throws {CredentialOptionError} for anything else */
  list(key: string): string[] | undefined {
    const value = this.#settings[key]
    if (!Array.isArray(value)) return this.text(key)?.split(/\s+/).filter(Boolean)
    this.#read.add(key)
    const texts = value.filter((entry): entry is string => typeof entry === 'string' && entry !== '')
    if (texts.length === value.length && texts.length > 0) return texts
    throw this.refuse(key, 'must be a list of texts, or one text.')
  }

  /** A TCP port, in digits or as a number. @throws {CredentialOptionError} for anything else */
  port(key: string): number | undefined {
    this.#read.add(key)
    const value = this.#settings[key]
    if (value == null) return undefined
    const port = Number(value)
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
    throw this.refuse(key, 'must be a port: a whole number from 1 to 65535, for example 53000.')
  }

  /** Settings that are accepted and have nothing to do here. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.#read.add(key)
  }

  /** To be called when all is read. @throws {CredentialOptionError} naming a setting that nobody asked for */
  refuseOthers(): void {
    const unknown = Object.keys(this.#settings).find((key) => !this.#read.has(key))
    if (unknown === undefined) return
    throw this.refuse(unknown, `is not known here. Known are ${[...this.#read].join(', ')}.`)
  }

  refuse(key: string, message: string): CredentialOptionError {
    return new CredentialOptionError(this.path(key), `${this.path(key)} ${message}`)
  }
}
