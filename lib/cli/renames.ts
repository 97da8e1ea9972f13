import type { ComparedSide } from '#lib/pipeline/comparison.ts';
import type { Rename } from '#lib/pipeline/rename.ts';
import { fateOf, foldRenames } from '#lib/pipeline/renames.ts';
import { objectId, parseObjectId } from '#lib/pipeline/snapshot.ts';
import { Stop } from './command.ts';

/**
 * What a person says is one object under two names: `public.old=public.new`, of a column `public.t.old=public.t.new` under the new name of its table. A name with a dot or an equals
 * sign stands in quotes. Throws Stop where it cannot be read, or is not true of the two sides.
 */
export function renamesGiven(said: readonly string[], current: ComparedSide, desired: ComparedSide): Rename[] {
  const renames = said.map(renameSaid);
  const { renamed, taken } = foldRenames(current.snapshot, desired.snapshot, renames);
  for (const rename of renames) {
    if (taken.some(({ from, to }) => from === rename.from && to === rename.to)) continue;
    const fate = fateOf(renamed, desired.snapshot, rename, { current: current.name, desired: desired.name });
    if (fate.fate === 'lapsed') throw new Stop(`--rename: ${fate.why}`);
  }
  return renames;
}

const NAMES = /^((?:"(?:[^"]|"")*"|[^"=])+)=((?:"(?:[^"]|"")*"|[^"=])+)$/;

function renameSaid(text: string): Rename {
  const [, before = '', after = ''] = NAMES.exec(text) ?? [];
  const [from, to] = [idOf(before), idOf(after)];
  const [old, wanted] = [from, to].map((id) => (id ? parseObjectId(id).path.slice(0, -1) : []));
  if (!from || !to || JSON.stringify(old) !== JSON.stringify(wanted)) throw new Stop(`--rename is public.old=public.new, or of a column public.t.old=public.t.new, not ${text}.`);
  return { from, to };
}

function idOf(path: string): string | null {
  const parts = [...path.matchAll(/(?:^|\.)(?:"((?:[^"]|"")*)"|([^".]+))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
  return parts.length === 2 ? objectId('table', ...parts) : parts.length === 3 ? objectId('column', ...parts) : null;
}
