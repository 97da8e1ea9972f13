import type { Delta } from '../diff.ts';
import { textOf } from '../kinds/relation.ts';
import { spoken } from '../script/scope.ts';
import { reached } from '../script/side.ts';
import { refuse, type Workbench } from './input.ts';

/**
 * Refuses differences that only come together with another that was not chosen: a view of which the server says columns and text by the types of what it reads, and columns
 * of a table that is of a type. Alone they would run, and leave something else than was signed, or stop in the middle.
 */
export function refuseApart(bench: Workbench): void {
  const chosen = new Set(bench.chosen.map((delta) => delta.id));
  const left = bench.differences.filter((delta) => !chosen.has(delta.id));
  const retyped = new Map(left.filter(changesTypes).map((delta) => [delta.objectId, delta]));
  const needs = (id: string) => bench.input.desiredSnapshot.dependencies?.[id] ?? [];
  for (const delta of bench.chosen) {
    if (delta.change !== 'remove' && (delta.kind === 'view' || delta.kind === 'materialized_view')) {
      const differing = [...reached([delta.objectId], needs)].filter((id) => id !== delta.objectId && retyped.has(id));
      // A view between is only told by what it reads in its turn.
      const read = differing.find((id) => !id.startsWith('view:')) ?? differing[0];
      if (read !== undefined) refuseOne(bench, delta, `reads ${read.replace(':', ' ')}, whose type differs`, retyped.get(read));
    }
    const type = delta.kind === 'column' && movesColumns(delta) ? typeOf(bench, delta.group) : null;
    const other = type === null ? undefined : left.find(({ objectId, kind }) => kind === 'composite_type' && needs(delta.group).includes(objectId));
    if (other) refuseOne(bench, delta, `is a column of a table of the type ${type}`, other);
  }
}

function refuseOne(bench: Workbench, delta: Delta, why: string, other: Delta | undefined): void {
  const [object, theirs] = [delta.desired ?? delta.current, other?.desired ?? other?.current];
  if (object && theirs) refuse(bench, `${spoken(object)} ${why}: choose “change ${spoken(theirs)}” too, or leave both out.`);
}

function changesTypes({ change, kind, attributes }: Delta): boolean {
  if (change !== 'change') return false;
  if (kind === 'composite_type') return true;
  return attributes.some(({ name }) => (kind === 'column' || kind === 'domain' ? name === 'type' || name === 'collation' : kind === 'view' && name === 'columns'));
}

function movesColumns({ change, attributes }: Delta): boolean {
  return change !== 'change' || attributes.some(({ name }) => name === 'type' || name === 'collation');
}

/** The type that the table is of, before and after. */
function typeOf(bench: Workbench, id: string): string | null {
  const [before, after] = [bench.current.get(id), bench.desired.get(id)];
  const type = before ? textOf(before, 'ofType') : null;
  return after && textOf(after, 'ofType') === type ? type : null;
}
