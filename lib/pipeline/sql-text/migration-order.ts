// Which files of a folder lead forward, and in which order, from their names alone: each tool has its own way of writing both down.

/** Names of files, some of which are to be run in this order. */
export interface MigrationOrder {
  names: readonly string[];
  /** What is not in `names`, and what was taken for granted: sentences. */
  notes: readonly string[];
}

const SAID_BY_DOT = /\.(?:down|rollback|undo|revert)\.sql$/i;
/** The same words are also how a forward migration may end (`0007_mark_as_down.sql`), so that another file of the same number must be the way forward. */
const SAID_IN_WORDS = /[_-](?:down|rollback|undo|revert)\.sql$|^\d+[._-](?:down|undo|rollback|revert)[._-]/i;
const FLYWAY_UNDO = /^U(\d[\d._]*)__/;
const FLYWAY_BASELINE = /^B\d[\d._]*__/;
const OTHER_DATABASE = /\.(?:mysql|mariadb|sqlite3?|cockroach(?:db)?|mssql|sqlserver|oracle|h2|hsqldb|db2|clickhouse|duckdb|redshift)(?=\.)/i;
const THIS_DATABASE = /\.(?:postgres(?:ql)?|pgsql|pg)(?=\.)/i;
/** With other signs before the word it may be what the migration is about, so that the same for Postgres must lie beside it. */
const OTHER_IN_WORDS = /[_-](?:mysql|mariadb|sqlite3?|mssql|sqlserver|oracle|h2)(?=[._-])/i;
const THIS_IN_WORDS = /[_-](?:postgres(?:ql)?|pgsql|pg)(?=[._-])/i;
const PROGRAM = /\.(?:go|[cm]?[jt]s|py|rb|php|java|kt|kts|groovy|scala|cs|fs|exs?|clj|pl|sh|xml|ya?ml)$/i;

/** Of the files of one folder, those that are migrations forward, in the order of the numbers in front of their names, or of their names where none has one. */
export function migrationOrder(all: readonly string[]): MigrationOrder {
  const foreign = foreignOf(all);
  const ours = all.filter((name) => !foreign.includes(name));
  const back = waysBack(ours);
  const forward = ours.filter((name) => !back.has(name));
  const withNumber = forward.filter((name) => numberOf(name) !== null);
  const repeatable = forward.filter((name) => baseOf(name).startsWith('R__')).toSorted(byName);
  const others = forward.filter((name) => numberOf(name) === null && !repeatable.includes(name));
  const { names: numbered, notes } = fromBaseline(withNumber.toSorted(byNumber));
  // Where some have numbers and some have none, those without are seeds, notes or experiments: nothing says when they would run.
  const unnumbered = withNumber.length > 0 ? others : [];
  return {
    names: withNumber.length > 0 ? [...numbered, ...repeatable] : forward.toSorted(byName),
    notes: [
      ...(foreign.length > 0 ? [`Left out, because ${foreign.length === 1 ? 'it is' : 'they are'} for another database: ${listed(foreign)}.`] : []),
      ...(back.size > 0 ? [`Left out as ways back: ${listed(ours.filter((name) => back.has(name)))}.`] : []),
      ...(unnumbered.length > 0 ? [`Left out, because ${unnumbered.length === 1 ? 'it has' : 'they have'} no number in front: ${listed(unnumbered)}.`] : []),
      ...notes,
      ...(withNumber.length === 0 && others.length > 1 ? [`No file has a number in front: read in the order of their names, from ${others.toSorted(byName)[0]} to ${others.toSorted(byName).at(-1)}.`] : []),
      ...sharedNumbers(numbered),
    ],
  };
}

/** Files beside migrations that are migrations too, but no SQL: what they do would be missing. */
export function programsAmong(names: readonly string[]): string[] {
  return names.filter((name) => PROGRAM.test(name) && !/\.d\.[cm]?ts$/i.test(name) && numberOf(name) !== null).toSorted(byNumber);
}

/** The first few of many names. */
export function listed(names: readonly string[]): string {
  return names.length <= 8 ? names.join(', ') : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`;
}

/** `0003_x`, `V1.2__x`, `20260101120000-x`, `2026-01-01_x`, `1_x`: the numbers in front, each as text without leading zeros. */
export function numberOf(name: string): readonly string[] | null {
  const base = baseOf(name);
  const found = /^\d{4}-\d{2}-\d{2}(?:[-T_.]\d+)*(?=\D|$)/.exec(base)?.[0] ?? /^(?:[vV]|[BU](?=\d[\d._]*__))?(\d+(?:[._]\d+)*)(?=\D|$)/.exec(base)?.[1];
  return found === undefined ? null : found.split(/\D+/).map((part) => part.replace(/^0+(?=\d)/, ''));
}

export function byNumber(a: string, b: string): number {
  return compareNumbers(numberOf(a) ?? [], numberOf(b) ?? []) || byName(a, b);
}

/** As a person counts: `step-2` before `step-10`. */
export function byName(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(/(\d+)/));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index += 1) {
    const [x, y] = [left?.[index] ?? '', right?.[index] ?? ''];
    const [n, m] = [x, y].map((part) => part.replace(/^0+(?=\d)/, ''));
    if (index % 2 === 1 && n !== m) return (n?.length ?? 0) - (m?.length ?? 0) || ((n ?? '') < (m ?? '') ? -1 : 1);
    if (index % 2 === 0 && x !== y) return x < y ? -1 : 1;
  }
  return a < b ? -1 : Number(a > b);
}

function compareNumbers(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x, y] = [left[index] ?? '', right[index] ?? ''];
    if (x !== y) return x.length - y.length || (x < y ? -1 : 1);
  }
  return 0;
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function keyOf(name: string): string {
  return numberOf(name)?.join('.') ?? baseOf(name).replace(SAID_IN_WORDS, '').replace(/(?:[._-](?:up|do))?\.sql$/i, '');
}

function foreignOf(names: readonly string[]): string[] {
  const ours = new Set(names.flatMap((name) => [...(THIS_DATABASE.test(name) ? [name.replace(THIS_DATABASE, '')] : []), ...(THIS_IN_WORDS.test(name) ? [name.replace(THIS_IN_WORDS, ' ')] : [])]));
  return names.filter((name) => OTHER_DATABASE.test(name) || ours.has(name) || (OTHER_IN_WORDS.test(name) && ours.has(name.replace(OTHER_IN_WORDS, ' '))));
}

function waysBack(names: readonly string[]): Set<string> {
  const inWords = names.filter((name) => SAID_IN_WORDS.test(baseOf(name)));
  const forward = new Set(names.filter((name) => !SAID_BY_DOT.test(name) && !FLYWAY_UNDO.test(baseOf(name)) && !inWords.includes(name)).map(keyOf));
  // Flyway undoes V1 with U1. Refinery numbers migrations that may come late with U: then none of them has a V of its number.
  const undo = names.filter((name) => FLYWAY_UNDO.test(baseOf(name)));
  const undoes = undo.some((name) => forward.has(keyOf(name)));
  return new Set([...names.filter((name) => SAID_BY_DOT.test(name)), ...inWords.filter((name) => forward.has(keyOf(name))), ...(undoes ? undo : [])]);
}

/** Flyway begins an empty database with the highest baseline, and goes on behind it. */
function fromBaseline(sorted: readonly string[]): MigrationOrder {
  const baseline = sorted.findLast((name) => FLYWAY_BASELINE.test(baseOf(name)));
  if (baseline === undefined) return { names: sorted, notes: [] };
  const names = [baseline, ...sorted.filter((name) => compareNumbers(numberOf(name) ?? [], numberOf(baseline) ?? []) > 0)];
  const held = sorted.filter((name) => !names.includes(name));
  return { names, notes: held.length > 0 ? [`Begun with ${baseline}, as Flyway begins an empty database; left out, because it stands for ${held.length === 1 ? 'it' : 'them'}: ${listed(held)}.`] : [] };
}

/** Two branches often take the same number: which of the two came first nobody wrote down. */
function sharedNumbers(sorted: readonly string[]): string[] {
  const shared = sorted.filter((name, at) => [sorted[at - 1], sorted[at + 1]].some((other) => other !== undefined && keyOf(other) === keyOf(name)));
  return shared.length > 0 ? [`Of one number, and read in the order of their names: ${listed(shared)}.`] : [];
}
