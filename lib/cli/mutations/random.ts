/** Chance that repeats itself: the same seed gives the same answers in the same order. */
export interface Chance {
  below(count: number): number;
  /** One of them; null when there is none. */
  one<T>(list: readonly T[]): T | null;
  often(share: number): boolean;
}

/** mulberry32: 32 bits of state, which is plenty for choosing among a hundred statements. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return { below, one: (list) => list[below(list.length)] ?? null, often: (share) => next() < share };
}
