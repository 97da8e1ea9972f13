import type { CastResult, Check, Dependent, Evidence, Measurement, Quantity, RuleResult } from './evidence.ts';
import { tableKey } from './expectation.ts';
import { blocking, notExact, toKnow, type JudgedFinding } from './findings.ts';
import type { Phase } from './plan.ts';
import { judgeExtensions } from './extensions.ts';
import { judgeRights } from './operator-rights.ts';
import { isArchived } from './overlap.ts';
import { goingRows, judgeInstead, judgeMatched } from './preflight-matched.ts';
import { judgeOrphans, removedByDecision } from './preflight-orphans.ts';
import { judgeEmpty, judgeOverlap } from './preflight-overlap.ts';
import { judgeTablespaces } from './tablespaces.ts';
import { exact, exactValue, sumOf, WHY } from './unknowns.ts';
import { counted, firstOf, listed } from './words.ts';

export { movements } from './movements.ts';

type MeasurementOf<K extends Measurement['kind']> = Extract<Measurement, { kind: K }>;

/**
 * The verdict over the measured facts of a phase, in the order of its checks. An empty list means that nothing stands in the way and
 * nothing needs to be known. A check without an answer blocks: what was not measured is unknown, and unknown is never 0.
 */
export function judge(phase: Phase, evidence: Evidence): JudgedFinding[] {
  const answers = phase.checks.flatMap((check) => {
    const measurement = evidence.measurements.find((one) => one.check === check.id && one.kind === check.kind);
    return measurement ? judgeOne(phase, check, measurement) : [blocking('NOT_MEASURED', `${asked(check)} was not measured yet.`)];
  });
  return [...answers, ...(evidence.rights ? judgeRights(evidence.target.operator ?? 'of the target', evidence.rights) : [])];
}

/**
 * The number that an approver of a destructive phase types: rows that decisions of a conversion remove (the cascade with them), rows of tables that are set aside
 * with them, the rows of all tables that a clean-up drops, or those that the statements of people mean with those that foreign keys take along. Null when the phase is not destructive, and when the number is not exact: what nobody
 * counted, nobody signs.
 */
export function destroyedRows(phase: Phase, evidence: Evidence): number | null {
  if (!phase.destructive) return null;
  // Of what people wrote no decision takes rows out: the statements do.
  if (phase.kind !== 'written' && phase.checks.some((check) => check.kind === 'orphans')) return removedRows(phase, evidence);
  if (phase.kind === 'empty') return exactValue(sumOf(archivedRows(phase, evidence)));
  const counts = goingRows(phase, evidence);
  // A clean-up without tables drops no rows.
  if (counts.length === 0) return phase.kind === 'cleanup' ? 0 : null;
  return exactValue(sumOf(counts));
}

/** Of the tables that go with their rows. */
function archivedRows(phase: Phase, evidence: Evidence): Quantity[] {
  return phase.checks.flatMap((check) => {
    if (check.kind !== 'empty' || !isArchived(phase, check.table)) return [];
    const measurement = evidence.measurements.find((one) => one.check === check.id);
    return [measurement?.kind === 'empty' ? measurement.rows : { provenance: 'unknown', why: 'it was not measured' }];
  });
}

function removedRows(phase: Phase, evidence: Evidence): number | null {
  let total = 0;
  for (const check of phase.checks) {
    if (check.kind !== 'orphans') continue;
    const measurement = evidence.measurements.find((one) => one.check === check.id);
    const removed = measurement?.kind === 'orphans' ? removedByDecision(phase, measurement) : null;
    if (!removed) return null;
    for (const rows of Object.values(removed)) total += rows;
  }
  return total;
}

function judgeOne(phase: Phase, check: Check, measurement: Measurement): JudgedFinding[] {
  switch (measurement.kind) {
    case 'rows': return [...judgeRows(phase, measurement), ...(check.kind === 'rows' ? judgeInstead(phase, check) : [])];
    case 'matched': return check.kind === 'matched' ? judgeMatched(check, measurement) : [];
    case 'orphans': return check.kind === 'orphans' ? judgeOrphans(phase, check.foreignKeys, measurement) : [];
    case 'casts': return judgeCasts(check, measurement);
    case 'empty': return judgeEmpty(phase, check, measurement);
    case 'overlap': return judgeOverlap(phase, measurement);
    case 'violations': return judgeViolations(check, measurement);
    case 'dump': return judgeDump(measurement);
    case 'dependents': return [...judgeColumns(measurement), ...judgeDependents(check, measurement), ...judgeViews(phase, measurement), ...readersNotice(phase, measurement)];
    case 'extensions': return check.kind === 'extensions' ? judgeExtensions(check.extensions, measurement.extensions) : [];
    case 'tablespaces': return judgeTablespaces(measurement);
    case 'free_names': return measurement.taken.map((name) => blocking('NAME_TAKEN', `The name ${tableKey(name)} is already taken in the target.`));
  }
}

function judgeRows({ due }: Phase, measurement: MeasurementOf<'rows'>): JudgedFinding[] {
  const table = tableKey(measurement.table);
  const { rows } = measurement;
  // What is due later is mostly about tables that earlier phases leave behind.
  if (due !== null && rows.provenance === 'unknown' && rows.why === WHY.absent) return [blocking('TABLE_ABSENT', `${table} does not exist in the target yet. Measure this phase when the phases before it have run.`, 'clears')];
  return found(notExact(`The number of rows of ${table}`, table, measurement.rows));
}

function judgeViolations(check: Check, measurement: MeasurementOf<'violations'>): JudgedFinding[] {
  const table = tableKey(measurement.table);
  const wanted = check.kind === 'violations' ? check.rules : [];
  return wanted.flatMap((rule) => {
    const result = measurement.rules.find((one) => one.name === rule.name && one.what === rule.what);
    if (!result) return [blocking('NOT_MEASURED', `Whether the rows of ${table} keep ${rule.name} was not measured yet.`)];
    const missing = notExact(`The number of rows of ${table} that break ${rule.name}`, table, result.rows);
    const rows = exactValue(result.rows) ?? 0;
    if (missing) return [missing];
    return rows === 0 ? [] : [blocking('RULE_BROKEN', `${counted(rows, 'row', 'rows')} of ${table} ${rows === 1 ? 'breaks' : 'break'} the new rule ${rule.name} (${rule.what})${firstBroken(result, rows)}. Mend ${rows === 1 ? 'it' : 'them'} first.`)];
  });
}

const NAMED_ROWS = 3;

/** Of a unique key the values are shown, and how many more of those there are is not known. */
function firstBroken({ what, first = [] }: RuleResult, rows: number): string {
  const named = first.slice(0, NAMED_ROWS).map((row) => `(${Object.entries(row).map(([column, value]) => `${column} ${value ?? 'null'}`).join(', ')})`);
  return firstOf(named, what === 'unique' ? named.length : rows, NAMED_ROWS);
}

function judgeDump(measurement: MeasurementOf<'dump'>): JudgedFinding[] {
  const { unreadable } = measurement;
  const names = firstOf(unreadable.map(tableKey), unreadable.length);
  const blind = unreadable.length === 0 ? [] : [blocking('DUMP_NOT_WHOLE', `The reader's credential, with which the database is dumped, cannot read ${counted(unreadable.length, 'table', 'tables')} whole${names}. Give it pg_read_all_data, and BYPASSRLS where row security is on.`)];
  return [...blind, toKnow('DUMP_HOLDS_LOCK', `While the dump runs, whatever needs ACCESS EXCLUSIVE on any table waits for it. The worker needs pg_dump ${measurement.serverMajor} or newer.`)];
}

function judgeDependents(check: Check, measurement: MeasurementOf<'dependents'>): JudgedFinding[] {
  const anew = check.kind === 'dependents' && check.anew === true;
  return measurement.dependents.filter((dependent) => !dependent.handled).map((dependent) => blocking('DEPENDENT_NOT_HANDLED', anew ? lostAnew(dependent) : notCarried(dependent)));
}

/** The swap would stop for it under its lock, and nothing would be changed; here it is known before anybody signs. */
function judgeColumns({ changed = [] }: MeasurementOf<'dependents'>): JudgedFinding[] {
  return changed.map(({ table, came, went }) => {
    const said = [came.length > 0 ? `${listed(came.map(inQuotes))} came` : '', went.length > 0 ? `${listed(went.map(inQuotes))} went` : ''].filter(Boolean);
    return blocking('TABLE_CHANGED', `The columns of ${tableKey(table)} are not those that this plan was made for: ${said.join(', and ')}. Put them back, or make the plan anew from a new comparison.`);
  });
}

function inQuotes(column: string): string {
  return `“${column}”`;
}

function notCarried({ table, kind, description }: Dependent): string {
  return kind === 'publication of all tables with a slot'
    ? `Publication ${description} publishes every table, and a replication slot reads this database: the rows of a table that is filled beside ${tableKey(table)} would be sent to subscribers that do not have it, and stop them. Let the publication name its tables first.`
    : `${tableKey(table)} has something that this version does not carry over, ${kind}: ${description}.`;
}

function lostAnew({ table, kind, description }: Dependent): string {
  return kind.startsWith('publication')
    ? `Publication ${description} publishes whatever is written into ${tableKey(table)}, and a replication slot reads this database: the table is made anew, and all its rows would be sent once more to subscribers that have them, and stop them. Let the publication name its tables first.`
    : `${tableKey(table)} is made anew, and would not have something that no comparison knows, ${kind}: ${description}.`;
}

/** They would be refused in the swap, or in a rehearsal, and nothing would be changed; here it is known before. */
function judgeViews({ steps }: Phase, { unfit = [] }: MeasurementOf<'dependents'>): JudgedFinding[] {
  const when = steps.some((step) => step.work?.kind === 'feed' && step.work.copy) ? 'the swap after this phase' : 'the swap';
  return unfit.map(({ view, why }) => blocking('VIEW_DOES_NOT_FIT', `The view ${tableKey(view)} cannot be made anew over the new types: ${why}. It would fail in ${when}. Change the view as well, or choose its removal, in the same plan.`));
}

/** What readers of tables that are about to change places will notice, of what the phase carries. */
function readersNotice(phase: Phase, measurement: MeasurementOf<'dependents'>): JudgedFinding[] {
  const onlyBuilds = phase.steps.some((step) => step.work?.kind === 'feed' && step.work.copy);
  if (phase.kind !== 'convert' || onlyBuilds) return [];
  const carried = measurement.dependents.filter((one) => one.handled);
  const views = [...new Set(carried.filter((one) => one.kind === 'view' || one.kind === 'materialized view').map((one) => one.description))];
  const publications = carried.filter((one) => one.kind.startsWith('publication'));
  return [
    ...(views.length === 0 ? [] : [toKnow('VIEWS_MADE_ANEW', `${views.length === 1 ? `The view ${views[0] ?? ''} is` : `The views ${listed(views)} are`} made anew over the new tables, and ${views.length === 1 ? 'its' : 'their'} columns have the new types: sessions with named prepared statements on ${views.length === 1 ? 'it' : 'them'} fail until they reconnect.`)]),
    ...publications.map((one) => toKnow('SUBSCRIBERS_NOTICE', `From the swap on publication ${one.description.replace(/^.* in publication /, '')} publishes the new ${tableKey(one.table)}: a subscriber finds it by its name and gets values of the new types, the copied rows are not sent again, and a reader of changes that knows tables by number must read the schema anew.`)),
  ];
}

function judgeCasts(check: Check, measurement: MeasurementOf<'casts'>): JudgedFinding[] {
  const table = tableKey(measurement.table);
  const wanted = check.kind === 'casts' ? check.casts : [];
  const missing = wanted
    .filter((cast) => !measurement.columns.some((column) => column.column === cast.column && column.to === cast.to))
    .map((cast) => blocking('NOT_MEASURED', `Whether ${table}.${cast.column} can become ${cast.to} was not measured yet.`));
  return [...missing, ...measurement.columns.flatMap((column) => judgeColumn(table, column))];
}

function judgeColumn(table: string, result: CastResult): JudgedFinding[] {
  const name = `${table}.${result.column}`;
  const parts = [result.fine, result.failures, result.respelled, result.collisions];
  const missing = parts.map((part) => notExact(`Whether every value of ${name} can become ${result.to}`, table, part)).find((finding) => finding !== null);
  if (missing) return [missing];
  const failures = exactValue(result.failures) ?? 0;
  const collisions = exactValue(result.collisions) ?? 0;
  const findings: JudgedFinding[] = [];
  if (failures > 0) findings.push(blocking('CAST_FAILURES', `${counted(failures, 'value', 'values')} of ${name} cannot become ${result.to}${firstOf(result.failureRows.map((row) => `“${row.value}”`), failures)}. Mend ${failures === 1 ? 'the row' : 'the rows'} first.`));
  if (collisions > 0) findings.push(blocking('CAST_COLLISIONS', `${counted(collisions, 'value', 'values')} of ${name} would stand in more than one row as ${result.to}, and the key would break.`));
  return [...findings, ...respelled(name, result)];
}

function respelled(name: string, result: CastResult): JudgedFinding[] {
  const changed = exactValue(result.changed ?? exact(0)) ?? 0;
  const rows = (exactValue(result.respelled) ?? 0) - changed;
  return [
    ...(changed > 0 ? [toKnow('VALUES_CHANGED', `${counted(changed, 'value', 'values')} of ${name} ${changed === 1 ? 'is another value' : 'are other values'} as ${result.to}${spellingsOf(result, true)}. What is rounded or cut off comes back with a rollback until clean-up, and is gone for good after it.`)] : []),
    ...(rows > 0 ? [toKnow('VALUES_RESPELLED', `${counted(rows, 'value', 'values')} of ${name} ${rows === 1 ? 'changes its' : 'change their'} spelling as ${result.to}${spellingsOf(result, false)}. References held outside this database must follow.`)] : []),
  ];
}

/** Each change once, however many rows carry it. */
function spellingsOf(result: CastResult, changed: boolean): string {
  const distinct = [...new Set(result.respelledRows.filter((row) => (row.changed === true) === changed).map((row) => `${row.value} becomes ${row.becomes}`))];
  return firstOf(distinct, distinct.length);
}

function asked(check: Check): string {
  switch (check.kind) {
    case 'rows': return `The number of rows of ${tableKey(check.table)}`;
    case 'matched': return 'The number of rows that go or change';
    case 'orphans': return `The set of rows without a parent`;
    case 'casts': return `Whether the values of ${tableKey(check.table)} can change their type`;
    case 'empty': return `Whether ${tableKey(check.table)} is empty`;
    case 'overlap': return `What ${tableKey(check.duplicate)} and ${tableKey(check.kept)} have in common`;
    case 'dump': return 'What a dump of the database will meet';
    case 'violations': return `Whether the rows of ${tableKey(check.table)} keep the new rules`;
    case 'dependents': return 'What hangs on the tables';
    case 'extensions': return 'Which extensions the server has';
    case 'tablespaces': return 'Which tablespaces the server has';
    case 'free_names': return 'Whether the new names are free';
  }
}

function found(finding: JudgedFinding | null): JudgedFinding[] {
  return finding ? [finding] : [];
}
