/** More than a schema has of what nearly all of its objects share: so many are kept, and then anew. */
const MOST = 4096;

/**
 * Values that many objects of a schema have in common, each kept once for all of them, on both sides of a comparison: two that are the same object need not be looked into.
 * Nobody may change one.
 */
export class Shared<T> {
  readonly #known = new Map<string, T>();

  /** @param key says all that `make` makes the value of. */
  of(key: string, make: () => T): T {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST) this.#known.clear();
    const made = make();
    this.#known.set(key, made);
    return made;
  }
}
