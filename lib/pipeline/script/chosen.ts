import type { Delta } from '../diff.ts';
import { isAside } from '../noise.ts';
import { makeScript, type Script } from './script.ts';
import type { ScriptRefusal } from './scope.ts';
import type { Scripted } from './side.ts';

/**
 * The script of differences as a person chooses them, of differences(): what an object differs in beside itself (owner, version) is put back
 * into one delta with the rest, because a script changes an object once. The order of columns is refused by name. Pure.
 */
export function scriptOfChosen(current: Scripted, desired: Scripted, deltas: readonly Delta[]): Script {
  const merged = new Map<string, Delta>();
  const refusals: ScriptRefusal[] = [];
  for (const delta of deltas) {
    const attributes = delta.attributes.filter(({ name }) => name !== 'columnOrder');
    if (attributes.length < delta.attributes.length) refusals.push({ objectId: delta.objectId, sentence: `The order of the columns of ${delta.objectId.replace(':', ' ')} differs, and no statement changes it in place.` });
    if (delta.change === 'change' && attributes.length === 0) continue;
    const key = delta.change === 'change' ? delta.objectId : delta.id;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, attributes: [...known.attributes, ...attributes] } : { ...delta, attributes });
  }
  const script = makeScript(current, desired, [...merged.values()], { owners: deltas.some((delta) => isAside(delta) && delta.attributes.some(({ name }) => name === 'owner')) });
  return { ...script, refusals: [...script.refusals, ...refusals] };
}
