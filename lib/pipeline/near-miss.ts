import type { SchemaObject, Snapshot } from './snapshot.ts';
import { attributeChanges } from './diff.ts';

interface Side {
  /** Name of the side. */
  database: string;
  snapshot: Pick<Snapshot, 'objects' | 'origin'>;
}

/** A table that an SQL text makes, and that exists on the other side with other columns. */
export interface NearMiss {
  tableId: string;
  sentence: string;
}

const MOST_NAMES = 8;

/**
 * Tables of an SQL text that would not be what the other side really has: the author believed in 22 columns, and there are 29. Only where one side
 * was made from SQL and the other was not: between two databases every table says so by itself. Pure.
 */
export function nearMisses(current: Side, desired: Side): NearMiss[] {
  if ((current.snapshot.origin === undefined) === (desired.snapshot.origin === undefined)) return [];
  // A draft on top of a database changes tables on purpose.
  if ((current.snapshot.origin ?? desired.snapshot.origin)?.onto !== undefined) return [];
  const [text, real] = current.snapshot.origin ? [current, desired] : [desired, current];
  const [drafted, existing] = [columnsByTable(text.snapshot.objects), columnsByTable(real.snapshot.objects)];
  return [...drafted].flatMap(([tableId, mine]) => {
    const theirs = existing.get(tableId);
    const sentence = theirs ? sentenceOf(tableId, text.database, mine, real.database, theirs) : null;
    return sentence === null ? [] : [{ tableId, sentence }];
  });
}

function sentenceOf(tableId: string, text: string, mine: ReadonlyMap<string, SchemaObject>, real: string, theirs: ReadonlyMap<string, SchemaObject>): string | null {
  const lacking = [...theirs.keys()].filter((name) => !mine.has(name));
  const invented = [...mine.keys()].filter((name) => !theirs.has(name));
  const unlike = [...mine].filter(([name, column]) => { const twin = theirs.get(name); return twin !== undefined && attributeChanges(column, twin).length > 0; }).map(([name]) => name);
  if (lacking.length + invented.length + unlike.length === 0) return null;
  const parts = [
    ...(lacking.length > 0 ? [`${text} lacks ${listed(lacking)}`] : []),
    ...(invented.length > 0 ? [`${real} has no ${listed(invented)}`] : []),
    ...(unlike.length > 0 ? [`${listed(unlike)} ${unlike.length === 1 ? 'is' : 'are'} of another kind`] : []),
  ];
  return `${text} makes ${tableId.slice(tableId.indexOf(':') + 1)} with ${mine.size} ${mine.size === 1 ? 'column' : 'columns'}, ${real} has ${theirs.size}: ${parts.join('; ')}.`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

function columnsByTable(objects: readonly SchemaObject[]): Map<string, Map<string, SchemaObject>> {
  const tables = new Map<string, Map<string, SchemaObject>>();
  for (const object of objects) {
    if (object.kind !== 'column' || object.parent === null || !object.parent.startsWith('table:')) continue;
    const columns = tables.get(object.parent) ?? new Map<string, SchemaObject>();
    tables.set(object.parent, columns.set(object.name, object));
  }
  return tables;
}
