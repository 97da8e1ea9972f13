import type { Delta } from '../diff.ts';
import { isAside } from '../noise.ts';
import { isRename, renameId, type TakenRename } from '../rename.ts';
import { partStatements } from '../renamed-parts.ts';
import { oldNameFails, renameStatements } from '../renames.ts';
import type { HazardousStatement } from './hazards.ts';
import { makeScript, type Script } from './script.ts';
import type { ScriptRefusal } from './scope.ts';
import type { Scripted } from './side.ts';

/**
 * The script of differences as a person chooses them, of differences(): what an object differs in beside itself (owner, version) is put back
 * into one delta with the rest, because a script changes an object once. The order of columns is refused by name. Pure.
 * @param current after the renames, and @param taken these, both of foldRenames(): the differences speak of names as they are then. Of the renames, those
 * that a difference is about, or that gave its table the name, come first, in the transaction of the first step.
 */
export function scriptOfChosen(current: Scripted, desired: Scripted, deltas: readonly Delta[], taken: readonly TakenRename[] = []): Script {
  if (taken.length === 0) return scriptOf(current, desired, deltas);
  const script = scriptOf(current, desired, deltas.filter((delta) => !isRename(delta)));
  return namedFirst(script, taken.filter((rename) => deltas.some((delta) => delta.id === renameId(rename) || speaksOf(delta, rename, desired))));
}

/** The script with the new names given first, in the transaction of its first step. */
export function namedFirst(script: Script, taken: readonly TakenRename[]): Script {
  if (taken.length === 0) return script;
  const [step, ...steps] = script.steps;
  return { ...script, steps: [{ statements: [...taken.flatMap(renameStatementsOf), ...(step?.statements ?? [])] }, ...steps] };
}

/** The difference is about the renamed object, about something of its table, or about what rests on it. */
function speaksOf(delta: Delta, { to, parts }: TakenRename, { dependencies = {} }: Scripted): boolean {
  const table = to.startsWith('column:') ? null : to;
  return [delta.objectId, ...delta.carries].some((id) => id === to || parts.some((part) => part.to === id) || (dependencies[id] ?? []).includes(to)) || (table !== null && (delta.group === table || JSON.stringify(delta.desired?.attributes ?? null).includes(JSON.stringify(table).slice(1, -1))));
}

function renameStatementsOf(rename: TakenRename): HazardousStatement[] {
  const own: HazardousStatement = { objectId: rename.to, sql: renameStatements(rename).forward, hazards: [oldNameFails(rename)], hazardCodes: [] };
  return [own, ...rename.parts.map((part) => ({ objectId: rename.to, sql: partStatements(part).forward, hazards: [], hazardCodes: [] }))];
}

function scriptOf(current: Scripted, desired: Scripted, deltas: readonly Delta[]): Script {
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
  // A table that is made anew gets its columns in the wanted order.
  return { ...script, refusals: [...script.refusals, ...refusals.filter((refusal) => !script.anew.some((one) => one.aside.includes(refusal.objectId)))] };
}
