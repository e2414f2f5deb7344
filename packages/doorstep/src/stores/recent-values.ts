/**
 * At most `limit` values, each under two keys (the first is empty where one is enough). They are kept in two halves:
 * when the younger is full it becomes the older, and what was not asked for since goes. A hit allocates nothing.
 */
export class RecentValues<Value> {
  readonly #half: number
  #young = new Map<string, Map<string, Value>>()
  #old = new Map<string, Map<string, Value>>()
  #youngSize = 0

  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2))
  }

  get(first: string, second: string): Value | undefined {
    const young = this.#young.get(first)?.get(second)
    if (young !== undefined) return young
    const old = this.#old.get(first)?.get(second)
    if (old !== undefined) this.set(first, second, old)
    return old
  }

  set(first: string, second: string, value: Value): void {
    if (this.#youngSize >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngSize = 0
    }
    let values = this.#young.get(first)
    if (values === undefined) {
      values = new Map()
      this.#young.set(first, values)
    }
    if (!values.has(second)) this.#youngSize += 1
    values.set(second, value)
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#youngSize = 0
  }
}
