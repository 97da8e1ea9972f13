import { parseObjectId, type Snapshot, type Unread } from '#lib/pipeline/snapshot.ts';
import { diff } from '#lib/pipeline/diff.ts';
import { kindLabel } from '#lib/pipeline/kinds/all.ts';
import { makeScript, SCRIPT_SETTINGS } from '#lib/pipeline/script/script.ts';
import { readSqlFile } from '#lib/pipeline/sql-text/statements.ts';
import { unreadOf } from '#lib/pipeline/unread.ts';
import { introspect } from './introspect.ts';
import { Replay } from './replay-statements.ts';
import type { Scratch } from './scratch.ts';

/** A schema that was read somewhere, under the name by which people know it. */
export interface NamedSchema {
  name: string;
  snapshot: Snapshot;
}

const NAMED_MOST = 5;

/**
 * Makes an empty scratch database like a schema that was read: by the statements of our own script writer, which needs no pg_dump, holds no lock on the
 * database that was read, and works between major versions. Owners are not carried over: everything belongs to the scratch database's runner. A statement
 * that is refused there (an extension that is not installed, what only a superuser may do) takes no other along; afterwards the two are compared,
 * and what did not come out as it was read is named.
 * @returns what may be compared on neither side, because it could not be rebuilt or was not read in the first place.
 */
export async function rebuildSchema(scratch: Scratch, { name, snapshot }: NamedSchema): Promise<readonly Unread[]> {
  const nothing = await introspect(scratch.client);
  const file = await readSqlFile({ name, text: wholeText(nothing, snapshot) });
  await scratch.makeRoles(file.roles);
  const replayed = new Replay(scratch, [file], true);
  await replayed.run();
  await scratch.client.query('DISCARD ALL');
  const placed = snapshot.satellites?.some(({ kind }) => kind === 'placement') === true;
  const unread = [...unreadOf(snapshot, {}), ...replayed.unread, ...(placed ? [{ kind: 'placement' as const, why: `Tablespaces of ${name} are not compared: the scratch server has none of them.` }] : [])];
  return [...unread, ...lackingIn(name, snapshot, { ...(await introspect(scratch.client)), unread })];
}

/** One statement after the other, without transactions: each is sent for itself, and one that is refused takes no other along. */
function wholeText(nothing: Snapshot, snapshot: Snapshot): string {
  const satellites = nothing.satellites !== undefined && snapshot.satellites !== undefined;
  const script = makeScript(nothing, snapshot, diff(nothing, snapshot, { satellites }));
  return [...SCRIPT_SETTINGS, ...script.steps.flatMap((step) => step.statements.map((statement) => statement.sql))].map((sql) => `${sql};\n`).join('');
}

function lackingIn(name: string, wanted: Snapshot, made: Snapshot): Unread[] {
  const lacking = diff(made, wanted, { satellites: made.satellites !== undefined && wanted.satellites !== undefined });
  if (lacking.length === 0) return [];
  const names = lacking.slice(0, NAMED_MOST).map(({ kind, objectId }) => `${kindLabel(kind, 1)} ${parseObjectId(objectId).path.join('.')}`).join(', ');
  const more = lacking.length > NAMED_MOST ? ` and ${lacking.length - NAMED_MOST} more` : '';
  const why = `Of ${name} the scratch server could not rebuild ${names}${more}: not compared.`;
  return lacking.map(({ kind, objectId }) => ({ kind, id: objectId, why }));
}
