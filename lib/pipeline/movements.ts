import type { CastResult, Check, Dependent, Evidence, ForeignKeySpec, Measurement, Movement, OrphanSet, Quantity } from './evidence.ts';
import { tableKey } from './expectation.ts';
import type { ExtensionFact } from './extensions.ts';
import { isArchived } from './overlap.ts';
import type { Phase, TableName, Tolerance } from './plan.ts';
import { referenceText } from './preflight-orphans.ts';
import type { TargetIdentity } from './snapshot.ts';
import { objectOf } from './touches.ts';
import { exact, exactValue, sumOf } from './unknowns.ts';
import { counted, grouped, quantityText } from './words.ts';

type MeasurementOf<K extends Measurement['kind']> = Extract<Measurement, { kind: K }>;

/**
 * What is not as it was signed, fact by fact, each named in one sentence; empty when the signature still describes the target.
 * Row counts may move within the signed tolerance. Schema, orphan keys, casts, dependents and emptiness must be equal: the same number
 * of other rows has moved too. A fact that is unknown now has moved, and so has one that was unknown when it was signed.
 */
export function movements(phase: Phase, signed: Evidence, now: Evidence, tolerance: Tolerance): Movement[] {
  return [
    ...targetMoved(signed.target, now.target),
    ...definitionsMoved(signed.fingerprints, now.fingerprints),
    ...phase.checks.flatMap((check) => checkMoved(phase, check, find(signed, check), find(now, check), tolerance)),
  ];
}

function find(evidence: Evidence, check: Check): Measurement | undefined {
  return evidence.measurements.find((one) => one.check === check.id && one.kind === check.kind);
}

function targetMoved(signed: TargetIdentity, now: TargetIdentity): Movement[] {
  const facts: [keyof TargetIdentity, string][] = [
    ['systemIdentifier', `The target is another server: its system identifier was ${signed.systemIdentifier} and is ${now.systemIdentifier}.`],
    ['timeline', `The target server failed over or was restored since it was signed: its timeline was ${signed.timeline} and is ${now.timeline}.`],
    ['databaseOid', `The target is another database of the same server: ${signed.database} was dropped and made anew, or another one is configured.`],
    ['database', `The target database was ${signed.database} and is ${now.database}.`],
    ['operator', operatorMoved(signed.operator, now.operator)],
    ['serverVersion', `The target server was PostgreSQL ${versionText(signed.serverVersion)} and is ${versionText(now.serverVersion)}.`],
  ];
  return facts.filter(([fact]) => signed[fact] !== now[fact]).map(([fact, sentence]) => ({ what: `target:${fact}`, sentence }));
}

function operatorMoved(signed: string | undefined, now: string | undefined): string {
  if (signed === undefined) return `Which role carries this out was not signed; now it is ${now}.`;
  return `The role that carries this out was ${signed} and ${now === undefined ? 'is not declared any more' : `is ${now}`}.`;
}

function versionText(version: number): string {
  return `${Math.floor(version / 10_000)}.${version % 10_000}`;
}

function definitionsMoved(signed: Evidence['fingerprints'], now: Evidence['fingerprints']): Movement[] {
  const ids = [...new Set([...Object.keys(signed), ...Object.keys(now)])].sort();
  return ids.filter((id) => signed[id] !== now[id]).map((id) => ({ what: `definition:${id}`, sentence: definitionSentence(id, signed[id], now[id]) }));
}

function definitionSentence(id: string, signed: string | undefined, now: string | undefined): string {
  const object = objectOf(id);
  const kind = object.slice(0, object.indexOf(':'));
  const name = object.slice(object.indexOf(':') + 1);
  if (now === undefined) return `The definition of ${name} was not read again.`;
  if (signed === undefined) return `The definition of ${name} was not part of what was signed.`;
  if (signed === 'absent') return `The ${kind} ${name} appeared since it was signed.`;
  if (now === 'absent') return `The ${kind} ${name} disappeared since it was signed.`;
  return `The definition of ${name} changed since it was signed.`;
}

/** It goes with its rows, whose number may move as that of any live table. */
function checkMoved(phase: Phase, check: Check, signed: Measurement | undefined, now: Measurement | undefined, tolerance: Tolerance): Movement[] {
  if (!signed) return [moved(check.id, `${subject(check)} was not measured when this was signed.`)];
  if (!now) return [moved(check.id, `${subject(check)} was not measured again.`)];
  switch (signed.kind) {
    case 'rows': return now.kind === 'rows' ? countMoved(check.id, `Rows of ${tableKey(signed.table)}`, signed.rows, now.rows, tolerance.rowsPercent) : [];
    case 'matched': return now.kind === 'matched' ? matchedMoved(check.id, signed, now, tolerance.rowsPercent) : [];
    case 'orphans': return now.kind === 'orphans' && check.kind === 'orphans' ? check.foreignKeys.flatMap((key) => orphansMoved(key, signed, now)) : [];
    case 'casts': return now.kind === 'casts' && check.kind === 'casts' ? check.casts.flatMap((cast) => castMoved(`${tableKey(check.table)}.${cast.column}`, columnOf(signed, cast.column), columnOf(now, cast.column))) : [];
    case 'empty': return now.kind === 'empty' ? emptyMoved(check.id, signed, now, isArchived(phase, signed.table) ? tolerance.rowsPercent : null) : [];
    case 'overlap': return now.kind === 'overlap' ? overlapMoved(check.id, signed, now, tolerance) : [];
    // A database grows; whether it can be dumped whole is judged anew, by the finding.
    case 'dump': return now.kind === 'dump' && now.unreadable.length > 0 ? [moved(check.id, `${tableKey(now.unreadable[0] as TableName)} cannot be read whole any more, so that a dump would not be whole.`)] : [];
    case 'violations': return now.kind === 'violations' ? violationsMoved(check.id, signed, now) : [];
    case 'dependents': return now.kind === 'dependents' ? dependentsMoved(signed.dependents, now.dependents) : [];
    case 'extensions': return now.kind === 'extensions' ? extensionsMoved(signed.extensions, now.extensions) : [];
    case 'tablespaces': return now.kind === 'tablespaces' ? [...now.missing, ...now.closed].filter((name) => ![...signed.missing, ...signed.closed].includes(name)).map((name) => moved(`tablespaces:${name}`, `The tablespace ${name} is gone, or closed to the role, since this was signed.`)) : [];
    case 'free_names': return now.kind === 'free_names' ? namesMoved(signed, now) : [];
  }
}

function subject(check: Check): string {
  switch (check.kind) {
    case 'rows': return `The number of rows of ${tableKey(check.table)}`;
    case 'matched': return 'The number of rows that go or change';
    case 'orphans': return 'The set of rows without a parent';
    case 'casts': return `The change of types in ${tableKey(check.table)}`;
    case 'empty': return `Whether ${tableKey(check.table)} is empty`;
    case 'overlap': return `The overlap of ${tableKey(check.duplicate)} and ${tableKey(check.kept)}`;
    case 'dump': return 'What a dump of the database will meet';
    case 'violations': return `Whether the rows of ${tableKey(check.table)} keep the new rules`;
    case 'dependents': return 'What hangs on the tables';
    case 'extensions': return 'Which extensions the server has';
    case 'tablespaces': return 'Which tablespaces the server has';
    case 'free_names': return 'Whether the new names are free';
  }
}

/** `percent` null: must be equal. */
function countMoved(what: string, subject: string, signed: Quantity, now: Quantity, percent: number | null): Movement[] {
  const before = exactValue(signed);
  const after = exactValue(now);
  if (after === null) return [moved(what, `${subject}: ${quantityText(signed)} → ${quantityText(now)}${now.provenance === 'unknown' ? ` (${now.why})` : ''}.`)];
  if (before === null) return [moved(what, `${subject}: ${quantityText(signed)} when it was signed → ${grouped(after)}.`)];
  if (before === after) return [];
  if (percent === null) return [moved(what, `${subject}: ${grouped(before)} → ${grouped(after)}.`)];
  // Multiplied out, so that 110 of 100 under 10 % is inside and no rounding decides.
  if (Math.abs(after - before) * 100 <= before * percent) return [];
  return [moved(what, `${subject}: ${grouped(before)} → ${grouped(after)}, more than the signed tolerance of ${percent} %.`)];
}

function matchedMoved(what: string, signed: MeasurementOf<'matched'>, now: MeasurementOf<'matched'>, percent: number): Movement[] {
  return now.tables.flatMap((one) => {
    const table = tableKey(one.table);
    const before = signed.tables.find((other) => tableKey(other.table) === table);
    if (!before) return [moved(`${what}:${table}`, `The rows of ${table} that go or change were not counted when this was signed.`)];
    return [...countMoved(`${what}:${table}:goes`, `Rows of ${table} that go`, before.goes, one.goes, percent), ...countMoved(`${what}:${table}:changes`, `Rows of ${table} that change`, before.changes, one.changes, percent), ...(one.loses ? countMoved(`${what}:${table}:loses`, `Rows of ${table} that lose a value`, before.loses ?? exact(0), one.loses, percent) : [])];
  });
}

function orphansMoved(key: ForeignKeySpec, signed: MeasurementOf<'orphans'>, now: MeasurementOf<'orphans'>): Movement[] {
  const before = signed.sets.filter((set) => set.foreignKey === key.id);
  const after = now.sets.filter((set) => set.foreignKey === key.id);
  const what = `orphans:${key.id}`;
  const name = `Orphans in ${referenceText(key)}`;
  if (before.length === 0 || after.length === 0) return [moved(what, `${name} were not measured ${after.length === 0 ? 'again' : 'when this was signed'}.`)];
  const counts = countMoved(what, name, sumOf(before.map((set) => set.rows)), sumOf(after.map((set) => set.rows)), null);
  if (counts.length > 0 || setsText(before) === setsText(after)) return counts;
  const rows = quantityText(sumOf(after.map((set) => set.rows)));
  return [moved(what, keysText(before) === keysText(after) ? `${name}: ${rows} → ${rows}, the same rows but by another way.` : `${name}: ${rows} → ${rows}, but other rows.`)];
}

function setsText(sets: readonly OrphanSet[]): string {
  return JSON.stringify(sets.map((set) => [set.depth, set.keysDigest, set.keys]).sort());
}

function keysText(sets: readonly OrphanSet[]): string {
  return JSON.stringify(sets.flatMap((set) => set.keys).sort());
}

function columnOf(measurement: MeasurementOf<'casts'>, column: string): CastResult | undefined {
  return measurement.columns.find((one) => one.column === column);
}

function castMoved(name: string, signed: CastResult | undefined, now: CastResult | undefined): Movement[] {
  const what = `casts:${name}`;
  if (!signed || !now) return [moved(what, `The change of type of ${name} was not measured ${now ? 'when this was signed' : 'again'}.`)];
  if (signed.from !== now.from || signed.to !== now.to) return [moved(what, `${name} was to change from ${signed.from} to ${signed.to}, and now from ${now.from} to ${now.to}.`)];
  return [
    ...setMoved(`${what}:failures`, `Values of ${name} that cannot become ${now.to}`, [signed.failures, signed.failuresDigest], [now.failures, now.failuresDigest]),
    ...setMoved(`${what}:respelled`, `Values of ${name} that change their spelling${signed.changed ?? now.changed ? ' or value' : ''}`, [signed.respelled, signed.respelledDigest], [now.respelled, now.respelledDigest]),
    ...countMoved(`${what}:collisions`, `Values of ${name} that would become equal`, signed.collisions, now.collisions, null),
  ];
}

type CountedSet = readonly [rows: Quantity, digest: string | undefined];

function setMoved(what: string, subject: string, signed: CountedSet, now: CountedSet): Movement[] {
  const counts = countMoved(what, subject, signed[0], now[0], null);
  if (counts.length > 0 || signed[1] === now[1]) return counts;
  const rows = quantityText(now[0]);
  return [moved(what, `${subject}: ${rows} → ${rows}, but other rows.`)];
}

function emptyMoved(what: string, signed: MeasurementOf<'empty'>, now: MeasurementOf<'empty'>, percent: number | null): Movement[] {
  const after = exactValue(now.rows);
  if (exactValue(signed.rows) === 0 && after !== null && after > 0) {
    return [moved(what, `${tableKey(now.table)} was empty when this was signed and now holds ${counted(after, 'row', 'rows')}.`)];
  }
  return countMoved(what, `Rows of ${tableKey(now.table)}`, signed.rows, now.rows, percent);
}

function overlapMoved(what: string, signed: MeasurementOf<'overlap'>, now: MeasurementOf<'overlap'>, tolerance: Tolerance): Movement[] {
  const duplicate = tableKey(now.duplicate);
  const kept = tableKey(now.kept);
  return [
    ...countMoved(`${what}:conflict`, `Rows of ${duplicate} that contradict ${kept}`, signed.conflict, now.conflict, null),
    ...conflictsMoved(what, signed, now),
    ...countMoved(`${what}:only_duplicate`, `Rows only in ${duplicate}`, signed.onlyDuplicate, now.onlyDuplicate, null),
    ...countMoved(`${what}:same`, `Rows of ${duplicate} that ${kept} has too`, signed.same, now.same, null),
    ...countMoved(`${what}:only_kept`, `Rows only in ${kept}`, signed.onlyKept, now.onlyKept, tolerance.rowsPercent),
  ];
}

/** The same number of other conflicts is not what was decided on. Facts signed before they had a digest say nothing here. */
function conflictsMoved(what: string, signed: MeasurementOf<'overlap'>, now: MeasurementOf<'overlap'>): Movement[] {
  const [before, after] = [signed.conflicting?.digest, now.conflicting?.digest];
  if (before === undefined || after === undefined || before === after || exactValue(signed.conflict) !== exactValue(now.conflict)) return [];
  const rows = quantityText(now.conflict);
  return [moved(`${what}:conflicts`, `Rows of ${tableKey(now.duplicate)} that contradict ${tableKey(now.kept)}: ${rows} → ${rows}, but other rows or values.`)];
}

function violationsMoved(what: string, signed: MeasurementOf<'violations'>, now: MeasurementOf<'violations'>): Movement[] {
  return now.rules.flatMap((rule) => {
    const before = signed.rules.find((one) => one.name === rule.name && one.what === rule.what);
    const name = `Rows of ${tableKey(now.table)} that break ${rule.name}`;
    return before ? countMoved(`${what}:${rule.name}`, name, before.rows, rule.rows, null) : [moved(`${what}:${rule.name}`, `${name} were not counted when this was signed.`)];
  });
}

function dependentsMoved(signed: readonly Dependent[], now: readonly Dependent[]): Movement[] {
  const before = new Set(signed.map(dependentText));
  const after = new Set(now.map(dependentText));
  return [
    ...now.filter((one) => !before.has(dependentText(one))).map((one) => moved(`dependents:${tableKey(one.table)}`, `Something new hangs on ${tableKey(one.table)}, ${one.kind}: ${one.description}.`)),
    ...signed.filter((one) => !after.has(dependentText(one))).map((one) => moved(`dependents:${tableKey(one.table)}`, `Something no longer hangs on ${tableKey(one.table)}, ${one.kind}: ${one.description}.`)),
  ];
}

function dependentText(one: Dependent): string {
  return JSON.stringify([one.table.schema, one.table.name, one.kind, one.description, one.handled]);
}

function extensionsMoved(signed: readonly ExtensionFact[], now: readonly ExtensionFact[]): Movement[] {
  return now.flatMap((fact) => {
    const before = signed.find((one) => one.name === fact.name);
    if (before?.byDefault === fact.byDefault && before.reachable === fact.reachable) return [];
    return [moved(`extensions:${fact.name}`, `What the server has of the extension ${fact.name} changed since it was signed.`)];
  });
}

function namesMoved(signed: MeasurementOf<'free_names'>, now: MeasurementOf<'free_names'>): Movement[] {
  const before = new Set(signed.taken.map(tableKey));
  const after = new Set(now.taken.map(tableKey));
  return [
    ...now.taken.map(tableKey).filter((name) => !before.has(name)).map((name) => moved(`free_names:${name}`, `The name ${name} was free when this was signed and is taken now.`)),
    ...signed.taken.map(tableKey).filter((name) => !after.has(name)).map((name) => moved(`free_names:${name}`, `The name ${name} was taken when this was signed and is free now.`)),
  ];
}

function moved(what: string, sentence: string): Movement {
  return { what, sentence };
}
