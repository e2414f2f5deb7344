/** A good token that lacks the permission for this operation: answer 403. */
export class InsufficientPermission extends Error {
  override readonly name = 'InsufficientPermission'
  readonly permission: 'scope' | 'role'
  /** Any one of these would have been enough. */
  readonly anyOf: readonly string[]

  constructor(permission: 'scope' | 'role', anyOf: readonly string[], message: string) {
    super(message)
    this.permission = permission
    this.anyOf = anyOf
  }
}

/** @throws {TypeError} when a check names no permission: it would refuse everybody, which nobody means. */
export function requireNames(functionName: string, anyOf: readonly string[]): void {
  if (anyOf.length > 0 && anyOf.every((name) => typeof name === 'string' && name !== '')) return
  throw new TypeError(`${functionName} expects at least one permission name after the token, e.g. 'Files.Read'.`)
}
