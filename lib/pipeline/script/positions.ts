import { literal, qualified } from '../ddl.ts';
import { identitySequence } from '../kinds/column.ts';
import { textOf } from '../kinds/relation.ts';
import { parseObjectId, type SchemaObject } from '../snapshot.ts';
import type { HazardousStatement } from './hazards.ts';
import type { Scope } from './scope.ts';
import { defaultId, type Side } from './side.ts';

// A column that was numbered by a sequence of its own and is an identity from now on, or the other way round, goes on from its last number: a new sequence would begin with
// numbers that rows have. A plan keeps the old sequence and says it with more care (planner/carried-sequences.ts); a script carries the position from one statement to the other
// in a setting of the session.

/** What gives a column its numbers: the column itself where it is an identity, else a sequence that it owns. */
interface Numbering {
  id: string;
  sequence: { schema: string; name: string };
}

/** The statements of a script's last step, with those that carry positions over. One that the new sequence cannot hold stops the script. */
export function withPositions(scope: Scope, statements: readonly HazardousStatement[]): readonly HazardousStatement[] {
  let carried = statements;
  let number = 0;
  for (const { current, desired, names } of scope.altered.values()) {
    if (current.kind !== 'column' || !(names.has('identity') || names.has('default'))) continue;
    const [before, after] = [numberingOf(scope.before, current), numberingOf(scope.after, desired)];
    if (!before || !after || before.id === after.id) continue;
    number += 1;
    carried = carrying(carried, { column: desired, before, after, stays: before.id !== current.id && scope.after.objects.has(before.id), setting: `countersign.position_${number}` });
  }
  return carried;
}

function numberingOf(side: Side, column: SchemaObject): Numbering | null {
  if (textOf(column, 'identity') !== null) return { id: column.id, sequence: { schema: column.schema, name: identitySequence(column) } };
  const sequence = side.needs(defaultId(column.id)).map((id) => side.objects.get(id)).find((each) => each?.kind === 'sequence' && textOf(each, 'ownedBy') === column.id);
  return sequence ? { id: sequence.id, sequence } : null;
}

function carrying(statements: readonly HazardousStatement[], { column, before, after, stays, setting }: { column: SchemaObject; before: Numbering; after: Numbering; stays: boolean; setting: string }): readonly HazardousStatement[] {
  const goes = statements.findIndex(({ objectId, sql }) => objectId === before.id && (sql.startsWith('DROP SEQUENCE ') || sql.endsWith(' DROP IDENTITY')));
  const comes = statements.findIndex(({ objectId, sql }) => objectId === after.id && (sql.startsWith('CREATE SEQUENCE ') || sql.includes(' ADD GENERATED ')));
  if (comes < 0 || (goes < 0 && !stays)) return statements;
  const [schema = '', table = ''] = parseObjectId(column.parent ?? '').path;
  const plain = (sql: string): HazardousStatement => ({ objectId: column.id, sql, hazards: [], hazardCodes: [] });
  const kept = [
    // Nobody takes a number meanwhile.
    plain(`LOCK TABLE ${qualified({ schema, name: table })} IN ACCESS EXCLUSIVE MODE`),
    plain(`SELECT pg_catalog.set_config(${literal(setting)}, last_value || ' ' || is_called, false) FROM ${qualified(before.sequence)}`),
  ];
  const position = `pg_catalog.string_to_array(pg_catalog.current_setting(${literal(setting)}), ' ')`;
  const goesOn = plain(`SELECT pg_catalog.setval(${literal(qualified(after.sequence))}, (${position})[1]::bigint, (${position})[2]::boolean)`);
  const last = Math.max(goes, comes);
  return statements.flatMap((statement, at) => {
    const same = at === goes && before.id !== column.id ? { ...statement, hazards: [], hazardCodes: [] } : statement;
    return [...(at === (goes < 0 ? comes : goes) ? kept : []), same, ...(at === last ? [goesOn] : [])];
  });
}
