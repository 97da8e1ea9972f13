import { ident } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import { wordOf } from '../moved-names.ts';
import { isAside } from '../noise.ts';
import { isRename, renameId, type TakenRename } from '../rename.ts';
import { partStatements } from '../renamed-parts.ts';
import { renameCosts } from '../rename-cost.ts';
import { renameStatements } from '../rename-kinds.ts';
import { parseObjectId } from '../snapshot.ts';
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

/** The difference is about the renamed object, about something of its table, about what rests on it, or says where it is now. */
function speaksOf(delta: Delta, { to, parts }: TakenRename, { dependencies = {} }: Scripted): boolean {
  const table = to.startsWith('column:') ? null : to;
  const { kind, path } = parseObjectId(to);
  const said = kind === 'schema' ? `${ident(path[0] ?? '')}.` : kind === 'column' || kind === 'table' ? null : `${ident(path[0] ?? '')}.${wordOf(kind, path[1] ?? '')}`;
  if (said !== null && ((kind === 'schema' && delta.desired?.schema === path[0]) || JSON.stringify([delta.objectId, delta.current?.attributes ?? null, delta.desired?.attributes ?? null]).includes(JSON.stringify(said).slice(1, -1)))) return true;
  return [delta.objectId, ...delta.carries].some((id) => id === to || parts.some((part) => part.to === id) || (dependencies[id] ?? []).includes(to)) || (table !== null && (delta.group === table || JSON.stringify(delta.desired?.attributes ?? null).includes(JSON.stringify(table).slice(1, -1))));
}

function renameStatementsOf(rename: TakenRename): HazardousStatement[] {
  const own = renameStatements(rename).forward.map((sql, at): HazardousStatement => ({ objectId: rename.to, sql, hazards: at === 0 ? renameCosts(rename) : [], hazardCodes: [] }));
  return [...own, ...rename.parts.map((part) => ({ objectId: rename.to, sql: partStatements(part).forward, hazards: [], hazardCodes: [] }))];
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
  const script = makeScript(current, desired, [...merged.values()], { owners: deltas.some((delta) => isAside(delta) && delta.attributes.some(({ name }) => name === 'owner')), positions: true });
  // A table that is made anew gets its columns in the wanted order.
  return { ...script, refusals: [...script.refusals, ...refusals.filter((refusal) => !script.anew.some((one) => one.aside.includes(refusal.objectId)))] };
}
