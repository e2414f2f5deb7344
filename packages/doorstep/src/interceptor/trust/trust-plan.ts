import { type LocalhostRoot, storedName } from './root-certificate.ts'

/** A localhost root that a store holds. */
export interface StoredRoot extends LocalhostRoot {
  /** Whether programs that ask the store trust it now. */
  readonly isTrusted: boolean
  /** What the store calls it: a file, a name. Undefined for a left-over that goes with the next update. */
  readonly name?: string | undefined
}

/** A store, what it holds of ours, and how it is changed. */
export interface TrustStore {
  readonly kind: 'system' | 'nss'
  /** Folder or name that tells a person which store it is. */
  readonly place: string
  /** Undefined when the program that reads the store is missing. */
  readonly roots: readonly StoredRoot[] | undefined
  readonly changes: StoreChanges
  /** What has to be so before this store can be changed, as a sentence; undefined when it is so. */
  readonly needs?: string | undefined
}

export interface StoreChanges {
  add(root: LocalhostRoot, name: string): readonly TrustStep[]
  remove(root: StoredRoot, name: string): readonly TrustStep[]
  /** What has to follow additions and removals. */
  readonly update: readonly TrustStep[]
}

/** One step as it is shown and then done. */
export type TrustStep =
  | { readonly kind: 'copy'; readonly from: string; readonly to: string }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'run'; readonly program: string; readonly words: readonly string[] }

/** What a store does for a root: trusts it, holds it without effect, holds only roots of other local clouds, nothing. */
export type TrustState = 'trusted' | 'incomplete' | 'other' | 'absent' | 'unknown'

export function trustState({ roots }: TrustStore, wanted: LocalhostRoot | undefined): TrustState {
  if (!roots) return 'unknown'
  const same = roots.filter(({ fingerprint }) => fingerprint === wanted?.fingerprint)
  if (same.some(({ isTrusted, name }) => isTrusted && name !== undefined)) return 'trusted'
  if (same.length > 0) return 'incomplete'
  return roots.length > 0 ? 'other' : 'absent'
}

/** The steps after which a store trusts a root; none when it does. Roots of other local clouds stay. */
export function installSteps(store: TrustStore, wanted: LocalhostRoot): readonly TrustStep[] {
  if (trustState(store, wanted) === 'trusted') return []
  const found = store.roots?.find(({ fingerprint, name }) => fingerprint === wanted.fingerprint && name !== undefined)
  return [...store.changes.add(wanted, found?.name ?? storedName(wanted)), ...store.changes.update]
}

/** The steps after which a store holds no localhost root of any local cloud, this one's or an older one's. */
export function removeSteps({ roots, changes }: TrustStore): readonly TrustStep[] {
  if (!roots || roots.length === 0) return []
  const removals = roots.flatMap((root) => (root.name === undefined ? [] : changes.remove(root, root.name)))
  return [...removals, ...changes.update]
}

/** A step as a line of a shell, for a person to read. */
export function describeStep(step: TrustStep): string {
  if (step.kind === 'copy') return `copy ${shown(step.from)} to ${shown(step.to)}`
  if (step.kind === 'delete') return `delete ${shown(step.path)}`
  return [step.program, ...step.words].map(shown).join(' ')
}

const shown = (word: string) => (/\s|^$/.test(word) ? JSON.stringify(word) : word)
