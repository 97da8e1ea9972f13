import type { Delta } from '../diff.ts';
import { isSatellite } from '../kinds/all.ts';
import { spoken } from '../script/scope.ts';
import { sideOf, type Scripted, withDefault } from '../script/side.ts';
import { refuse, type Workbench } from './input.ts';

/**
 * Refuses what would rest on something that is not there when the plan is done: an added view whose table was not chosen, a removed function
 * that a trigger still calls. Each sentence names the difference to choose too.
 */
export function refuseMissing(bench: Workbench, done: Required<Scripted>): void {
  const side = sideOf(done.objects, done.dependencies);
  const chosen = new Set(bench.chosen.map((delta) => delta.id));
  const deltaOf = new Map(bench.differences.filter((delta) => !chosen.has(delta.id)).flatMap((delta) => [delta.objectId, ...delta.carries].map((id) => [id, delta] as const)));
  const known = (id: string) => bench.desired.get(id) ?? bench.current.get(id);
  const said = new Set<string>();
  const replaced = new Set(bench.chosen.filter((delta) => delta.change === 'remove' && !bench.taken.has(delta.id) && ['view', 'materialized_view', 'table', 'foreign_table'].includes(delta.kind)).map((delta) => delta.objectId));
  for (const object of done.objects) {
    if (isSatellite(object.kind)) continue;
    // A view over a table that becomes a view, or the other way round: the same text, and another thing under it.
    const gone = (bench.input.current.dependencies?.[object.id] ?? []).find((id) => replaced.has(id) && bench.current.has(object.id) && !bench.chosen.some((delta) => delta.objectId === object.id));
    if (gone !== undefined) refuse(bench, `${spoken(object)} rests on ${gone.replace(':', ' ')}, which another object replaces; this version does not move it over.`);
    for (const id of withDefault(object.id).flatMap((id) => side.needs(id))) {
      const missing = known(id);
      if (side.objects.has(id) || !missing) continue;
      const other = bench.current.has(id) ? deltaOf.get(object.id) : deltaOf.get(id);
      const sentence = bench.current.has(id)
        ? `${spoken(object)} rests on ${spoken(missing)}, which is chosen to go${other ? `: choose “${what(other)}” too` : ''}.`
        : `${spoken(object)} needs ${spoken(missing)}, which ${bench.input.target} does not have${other ? `: choose “${what(other)}” too` : ''}.`;
      if (!said.has(sentence)) refuse(bench, sentence);
      said.add(sentence);
    }
  }
}

function what(delta: Delta): string {
  return `${{ add: 'add', remove: 'remove', change: 'change' }[delta.change]} ${spoken((delta.desired ?? delta.current) as NonNullable<Delta['current']>)}`;
}
