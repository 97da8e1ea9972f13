import { isNode, listAt, type Node, nodeAt, nodesAt, relationAt, textAt, words, wrapped } from '../../sql-facts/tree.ts';
import type { TableName } from '../../plan.ts';
import { spoken } from '../../planner/names.ts';
import { identityOf } from '../backups.ts';
import type { LintRule, LintScene } from '../finding.ts';
import { namesOf } from '../names.ts';
import { actionsOf, isEmpty, isLive, type Said, type Seen, orderOf, seenIn, single, statementRule, tableBefore, together, used } from '../seen.ts';

export const CONSTRAINTS: readonly LintRule[] = [
  statementRule('FOREIGN_KEY_SCANS', 'ADD FOREIGN KEY without NOT VALID keeps the writers of both tables out (SHARE ROW EXCLUSIVE) while every row is looked up.', foreignKeys),
  statementRule('FOREIGN_KEY_WITHOUT_INDEX', 'Without an index on the referring columns, every delete or key change in the other table reads the whole table.', keysWithoutIndex),
  statementRule('CHECK_SCANS', 'ADD CHECK without NOT VALID lets nobody read or write (ACCESS EXCLUSIVE) while every row is checked.', checks),
  statementRule('NOT_NULL_SCANS', 'SET NOT NULL lets nobody read or write (ACCESS EXCLUSIVE) while every row is read, unless a valid check proves already that none is null.', notNulls),
  statementRule('VALIDATED_UNDER_LOCK', 'VALIDATE in the transaction that added the constraint reads every row under the lock of the adding: the point of NOT VALID is lost.', validatedAtOnce),
  statementRule('DOMAIN_RULE_SCANS', 'A rule added to a domain reads every table that has a column of it, while their writers wait; a rule on a domain is also hard to change later.', domainRules),
  statementRule('NOT_NULL_DROPPED', 'DROP NOT NULL lets in rows without a value, and code that relies on one meets them.', notNullDropped),
];

interface Added {
  constraint: Node;
  /** The column that a constraint stands in, where it came with ADD COLUMN. */
  column: Node | null;
}

function added(seen: Seen, type: string): Added[] {
  return actionsOf(seen).flatMap((action): Added[] => {
    const column = action.subtype === 'AT_AddColumn' ? wrapped(action.def, 'ColumnDef') : null;
    if (column) return nodesAt(column, 'constraints', 'Constraint').filter((one) => one.contype === type).map((constraint) => ({ constraint, column }));
    const constraint = action.subtype === 'AT_AddConstraint' ? wrapped(action.def, 'Constraint') : null;
    return constraint?.contype === type ? [{ constraint, column: null }] : [];
  });
}

function nameOf({ constraint, column }: Added, what: string): string {
  return textAt(constraint, 'conname') ?? `${what}${column ? ` on ${textAt(column, 'colname') ?? ''}` : ''}`;
}

function resolved(seen: Seen, constraint: Node): TableName | null {
  return relationAt(constraint, 'pktable', (parts) => ({ schema: parts.at(-2) ?? seen.step.searchPath?.[0] ?? 'public', name: parts.at(-1) ?? '' }));
}

function foreignKeys(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  if (!table || isEmpty(seen, table)) return [];
  return added(seen, 'CONSTR_FOREIGN').flatMap((one): Said[] => {
    // A column that comes empty has nothing to look up.
    if (one.constraint.skip_validation === true || (one.column && !nodesAt(one.column, 'constraints', 'Constraint').some((each) => each.contype === 'CONSTR_DEFAULT'))) return [];
    const parent = resolved(seen, one.constraint);
    const use = used(seen, table);
    const name = nameOf(one, 'the foreign key');
    if (!use && (!parent || !isLive(seen, parent))) return [];
    const both = parent && (parent.name !== table.name || parent.schema !== table.schema) ? ` and ${spoken(parent)}` : '';
    const sentence = use ? `Writes to ${use.name}${both} wait (SHARE ROW EXCLUSIVE) while ${use.words} are looked up for ${name}; a row without a parent stops it.` : `Writes to ${parent ? spoken(parent) : 'the other table'} wait (SHARE ROW EXCLUSIVE) while the rows of ${spoken(table)} are looked up for ${name}.`;
    return [{ severity: 'to_know', ...use?.said, object: name, lock: 'SHARE ROW EXCLUSIVE', table, ...(one.column ? {} : single(seen, 'not_valid_then_validate')), sentence }];
  });
}

/** An index serves the key when its first columns are those of the key, in any order. */
function keysWithoutIndex(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const known = table ? tableBefore(seen, table) : null;
  const names = namesOf(seen.scene);
  if (!table || !known || (!names.known && known.madeBy === null)) return [];
  return added(seen, 'CONSTR_FOREIGN').flatMap((one): Said[] => {
    const columns = one.column ? [textAt(one.column, 'colname') ?? ''] : words(listAt(one.constraint, 'fk_attrs'));
    // The index may come later in the plan.
    const id = known.id;
    const indexes = names.indexesOf(names.end, id);
    const serves = indexes.some((index) => index.columns === null || columns.every((column) => index.columns?.slice(0, columns.length).includes(column)));
    if (serves || names.byId(names.end, id) === null) return [];
    return [{ severity: 'to_know', object: nameOf(one, 'the foreign key'), table, sentence: `No index begins with ${columns.join(', ')} of ${spoken(table)}: every delete in ${spoken(resolved(seen, one.constraint) ?? { schema: 'public', name: 'the other table' })} reads all of its rows.` }];
  });
}

function checks(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (!use) return [];
  return added(seen, 'CONSTR_CHECK').filter(({ constraint }) => constraint.skip_validation !== true && constraint.is_enforced !== false).map((one) => {
    const name = nameOf(one, 'the check');
    return { ...use.said, object: name, lock: 'ACCESS EXCLUSIVE', ...(one.column ? {} : single(seen, 'not_valid_then_validate')), sentence: `Reads and writes of ${use.name} wait (ACCESS EXCLUSIVE) while ${use.words} are checked for ${name}; a row that does not keep it stops it.` };
  });
}

function notNulls(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (!table || !use) return [];
  const named = actionsOf(seen).flatMap((action) => {
    if (action.subtype === 'AT_SetNotNull') return [{ column: textAt(action, 'name') ?? '', form: true }];
    const constraint = action.subtype === 'AT_AddConstraint' ? wrapped(action.def, 'Constraint') : null;
    return constraint?.contype === 'CONSTR_NOTNULL' && constraint.skip_validation !== true ? [{ column: words(listAt(constraint, 'keys'))[0] ?? '', form: false }] : [];
  });
  const free = seen.facts.hazards.every((hazard) => hazard.code !== 'STOPS_ON_ROWS');
  return named.filter(({ column }) => !free && !provenInPlan(seen, table, column)).map(({ column, form }) => ({
    ...use.said, object: `${table.name}.${column}`, lock: 'ACCESS EXCLUSIVE', ...(form ? single(seen, 'not_null_by_check') : {}),
    sentence: `Reads and writes of ${use.name} wait (ACCESS EXCLUSIVE) while ${use.words} are read for a missing ${column}; one stops it.`,
  }));
}

/** A check `column IS NOT NULL` that the plan itself added and has validated before. */
function provenInPlan(seen: Seen, table: TableName, column: string): boolean {
  const before = (proofsIn(seen.scene).get(identityOf(seen, table)) ?? []).filter((proof) => proof.order < orderOf(seen));
  const checks = before.filter((proof) => proof.column === column);
  return checks.some((check) => check.valid || before.some((proof) => proof.column === null && proof.name === check.name && proof.order > check.order));
}

interface Proof {
  order: number;
  name: string;
  /** Of a check, the column that it says is never null; null: VALIDATE of the constraint of that name. */
  column: string | null;
  valid: boolean;
}

const PROOFS = new WeakMap<LintScene, ReadonlyMap<string, readonly Proof[]>>();

/** Checks that say that a column is not null, and validations, by table. */
function proofsIn(scene: LintScene): ReadonlyMap<string, readonly Proof[]> {
  const known = PROOFS.get(scene);
  if (known) return known;
  const proofs = new Map<string, Proof[]>();
  for (const seen of seenIn(scene)) {
    const [table] = seen.facts.tables;
    const found = table ? actionsOf(seen).flatMap((action) => proofOf(action, orderOf(seen))) : [];
    if (table && found.length > 0) proofs.set(identityOf(seen, table), [...(proofs.get(identityOf(seen, table)) ?? []), ...found]);
  }
  PROOFS.set(scene, proofs);
  return proofs;
}

function proofOf(action: Node, order: number): Proof[] {
  if (action.subtype === 'AT_ValidateConstraint') return [{ order, name: textAt(action, 'name') ?? '', column: null, valid: true }];
  const constraint = action.subtype === 'AT_AddConstraint' ? wrapped(action.def, 'Constraint') : null;
  const column = constraint?.contype === 'CONSTR_CHECK' ? neverNull(constraint.raw_expr) : null;
  return constraint && column !== null ? [{ order, name: textAt(constraint, 'conname') ?? '', column, valid: constraint.skip_validation !== true }] : [];
}

function neverNull(expression: unknown): string | null {
  const test = wrapped(expression, 'NullTest');
  return test?.nulltesttype === 'IS_NOT_NULL' ? (words(listAt(wrapped(test.arg, 'ColumnRef') ?? {}, 'fields')).at(-1) ?? null) : null;
}

function validatedAtOnce(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  const use = table ? used(seen, table) : null;
  if (!use || !table) return [];
  const before = together(seen).filter((other) => other.statement.index <= seen.statement.index && other.facts.tables[0]?.name === table.name);
  const addedHere = new Set(before.flatMap((other) => actionsOf(other)).flatMap((action) => {
    const constraint = action.subtype === 'AT_AddConstraint' ? wrapped(action.def, 'Constraint') : null;
    return constraint?.skip_validation === true ? [textAt(constraint, 'conname') ?? ''] : [];
  }));
  return actionsOf(seen).filter((action) => action.subtype === 'AT_ValidateConstraint' && addedHere.has(textAt(action, 'name') ?? '')).map((action) => ({
    ...use.said, object: textAt(action, 'name') ?? '', sentence: `${textAt(action, 'name') ?? 'The constraint'} is validated in the transaction that adds it: ${use.words} of ${use.name} are read under the lock of the adding. Give VALIDATE a step of its own.`,
  }));
}

function domainRules(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  if (kind === 'CreateDomainStmt') {
    const rules = nodesAt(node, 'constraints', 'Constraint').filter((one) => one.contype === 'CONSTR_CHECK' || one.contype === 'CONSTR_NOTNULL');
    return rules.length === 0 ? null : { severity: 'to_know', object: words(listAt(node, 'typeName')).at(-1) ?? words(listAt(node, 'domainname')).at(-1) ?? '', sentence: `The rule of ${words(listAt(node, 'domainname')).join('.')} cannot be changed later without reading every table that has a column of it.` };
  }
  if (kind !== 'AlterDomainStmt' || !seen.facts.hazards.some((hazard) => hazard.code === 'STOPS_ON_ROWS')) return null;
  const name = words(listAt(node, 'typeName')).join('.');
  return { severity: 'blocking', object: name, lock: 'SHARE', sentence: `Every table with a column of ${name} is read while its writers wait (SHARE); how many rows that is, is not known.` };
}

function notNullDropped(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  if (!table || !isLive(seen, table)) return [];
  return actionsOf(seen).filter((action) => action.subtype === 'AT_DropNotNull').map((action) => ({ severity: 'to_know', object: `${table.name}.${textAt(action, 'name') ?? ''}`, table, sentence: `${spoken(table)}.${textAt(action, 'name') ?? ''} may be empty from then on: code that relies on a value meets rows without one.` }));
}

/** The definition of a column in an action, for rules about columns. */
export function columnAdded(action: Node): Node | null {
  return action.subtype === 'AT_AddColumn' && isNode(action.def) ? wrapped(action.def, 'ColumnDef') : null;
}

export function typeNode(column: Node): Node {
  return nodeAt(column, 'typeName');
}
