/**
 * As few of the list as still fail: whole stretches are left out first, then single ones.
 *
 * @param fails Asked of ever fewer of the list, in its order; the whole list fails, and is not asked about.
 */
export async function fewest<T>(list: readonly T[], fails: (some: readonly T[]) => Promise<boolean>): Promise<T[]> {
  let left = [...list];
  for (let stretch = Math.ceil(left.length / 2); stretch >= 1; stretch = stretch === 1 ? 0 : Math.ceil(stretch / 2)) {
    for (let at = left.length - stretch; at > -stretch; at -= stretch) {
      const some = left.filter((_, i) => i < Math.max(at, 0) || i >= at + stretch);
      if (some.length < left.length && (await fails(some))) left = some;
    }
  }
  return left;
}
