import type { Statement } from './database/database.ts'
import type { Change } from './stores.ts'

export type ChangeName = Change['change']
export type ChangeOf<Name extends ChangeName> = Extract<Change, { readonly change: Name }>

/** What has to be written for each of a store's changes. */
export type StatementsFor<Name extends ChangeName> = {
  readonly [Each in Name]: (change: ChangeOf<Each>) => readonly Statement[]
}

/**
 * What is kept twice at most once: the name of a unique constraint, as `UniqueViolation` gives it, and the record and
 * property that a person knows it by.
 */
export type UniqueValues = Readonly<Record<string, readonly [record: string, property: string]>>
