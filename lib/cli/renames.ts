import type { ComparedSide } from '#lib/pipeline/comparison.ts';
import type { Rename } from '#lib/pipeline/rename.ts';
import { fateOf } from '#lib/pipeline/rename-fate.ts';
import { canBeRenamed, MOVES } from '#lib/pipeline/rename-kinds.ts';
import { foldRenames } from '#lib/pipeline/renames.ts';
import { objectId, type ObjectKind } from '#lib/pipeline/snapshot.ts';
import { Stop } from './command.ts';

/**
 * What a person says is one object under two names: `public.old=public.new`, or in another schema `public.t=sales.t`, of a schema `old=new`, of a column `public.t.old=public.t.new` under the new name of
 * its table. A name with a dot or an equals sign stands in quotes, and so does a routine with its arguments: `public."f(integer)"`. Throws Stop where it cannot be read, or is not true of the two sides.
 */
export function renamesGiven(said: readonly string[], current: ComparedSide, desired: ComparedSide): Rename[] {
  const renames = said.map((text) => renameSaid(text, current, desired));
  const { renamed, taken } = foldRenames(current.snapshot, desired.snapshot, renames);
  for (const rename of renames) {
    if (taken.some(({ from, to }) => from === rename.from && to === rename.to)) continue;
    const fate = fateOf(renamed, desired.snapshot, rename, { current: current.name, desired: desired.name });
    if (fate.fate === 'lapsed') throw new Stop(`--rename: ${fate.why}`);
  }
  return renames;
}

const NAMES = /^((?:"(?:[^"]|"")*"|[^"=])+)=((?:"(?:[^"]|"")*"|[^"=])+)$/;

function renameSaid(text: string, current: ComparedSide, desired: ComparedSide): Rename {
  const [, before = '', after = ''] = NAMES.exec(text) ?? [];
  const [from, to] = [partsOf(before), partsOf(after)];
  const there = new Set([...current.snapshot.objects, ...desired.snapshot.objects].map(({ id }) => id));
  const pairs = kindsOf(from.length).filter(() => from.length === to.length).map((kind) => ({ from: objectId(kind, ...from), to: objectId(kind, ...to) }));
  const rename = pairs.find((pair) => there.has(pair.to)) ?? pairs.find((pair) => there.has(pair.from)) ?? pairs.at(0);
  if (!rename || !canBeRenamed(rename)) throw new Stop(`--rename is public.old=public.new, of a schema old=new, or of a column public.t.old=public.t.new, not ${text}.`);
  return rename;
}

/** What a path of so many names can be, the likeliest first. */
function kindsOf(names: number): readonly ObjectKind[] {
  return names === 1 ? ['schema'] : names === 2 ? ['table', ...MOVES.filter((kind) => kind !== 'table')] : names === 3 ? ['column'] : [];
}

function partsOf(path: string): string[] {
  return [...path.matchAll(/(?:^|\.)(?:"((?:[^"]|"")*)"|([^".]+))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
