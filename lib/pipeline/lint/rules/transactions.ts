import { scanSync } from 'libpg-query';
import { spoken } from '../../planner/names.ts';
import type { TableName } from '../../plan.ts';
import { bodyOf } from '../../sql-facts/body.ts';
import { routinesNamed } from '../../sql-facts/routine-body.ts';
import { findNodes, listAt, textAt, words, wrapped } from '../../sql-facts/tree.ts';
import type { LintRule } from '../finding.ts';
import { bodyWords } from './detours.ts';
import { isEmpty, isLive, isSmall, type Said, type Seen, statementRule, together } from '../seen.ts';

export const TRANSACTIONS: readonly LintRule[] = [
  statementRule('CANNOT_RUN_IN_STEP', 'A step is one transaction that happens exactly once: BEGIN, SET and what Postgres refuses inside a transaction cannot stand in it.', cannotRun),
  statementRule('LOCK_HELD_OVER_ROWS', 'Rows that are written in a transaction which has locked a table before keep everybody away from that table until the last of them.', heldOverRows),
  statementRule('SEVERAL_TABLES_LOCKED', 'A transaction that locks several tables in use one after the other meets code that takes them in another order: a deadlock, or a long wait.', severalLocked),
  statementRule('HIDDEN_SQL', 'What a block runs by EXECUTE, or a procedure or a function that a query calls does, cannot be read off the plan: its locks and losses are not known.', hiddenSql),
  statementRule('ENUM_VALUE_USED_AT_ONCE', 'A value that ALTER TYPE … ADD VALUE adds cannot be used before its transaction has committed: the statement fails.', enumUsedAtOnce),
  statementRule('ENUM_VALUE_AT_THE_END', 'A value added to an enum without BEFORE or AFTER comes last in every ORDER BY, and its place cannot be changed.', enumAtTheEnd),
  statementRule('NAME_CUT_OFF', 'Postgres cuts names after 63 bytes in silence: the object is called otherwise than it is written.', cutOff),
];

function cannotRun(seen: Seen): Said | null {
  const { outside } = seen.facts;
  if (!outside || seen.step.work?.kind === 'outside') return null;
  const alone = seen.step.statements.length === 1 && seen.statement === seen.within;
  // Alone, and with an act that follows once the target is read, the engine has a step for it.
  if (alone && (outside.act !== null || (!seen.existing && /CONCURRENTLY|VACUUM/.test(outside.word)))) return null;
  const why = outside.word.startsWith('SET') || outside.word.startsWith('BEGIN') || outside.word === 'DISCARD' ? 'belongs to the session or the transaction, which are the engine’s' : 'cannot run inside the transaction of a step';
  return { severity: 'blocking', object: outside.word, sentence: `${outside.word} ${why}${alone ? '' : ': give it a step of its own, or take it out'}.` };
}

/** Locks under which nobody else reads, or nobody else writes. */
const KEEPS_OUT: ReadonlySet<string> = new Set(['ACCESS EXCLUSIVE', 'EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'SHARE']);
const WRITES_ROWS: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt', 'CreateTableAsStmt']);

/** Said once for a transaction: at the first statement that writes rows behind a lock. */
function heldOverRows(seen: Seen): Said | null {
  const all = together(seen);
  if (all.length < 2 || !WRITES_ROWS.has(seen.statement.kind)) return null;
  const first = all.findIndex((one) => held(one).length > 0);
  const writer = all.findIndex((one, at) => at > first && WRITES_ROWS.has(one.statement.kind) && !onlyValues(one));
  const locker = all[first];
  if (first < 0 || all[writer] !== seen || !locker) return null;
  const [table] = held(locker);
  const [target] = seen.facts.tables;
  if (!table || (target && isSmall(seen, target)) || isSmall(locker, table)) return null;
  const mode = locker.facts.locks.find((lock) => lock.table === table)?.mode;
  return { severity: 'blocking', object: table.name, ...(mode ? { lock: mode } : {}), table, sentence: `${spoken(table)} is locked (${mode}) from an earlier statement of this transaction on, and stays so while the rows of ${target ? spoken(target) : 'another table'} are written: give one of them a step of its own.` };
}

function held(seen: Seen): TableName[] {
  return seen.facts.locks.filter(({ mode, table }) => KEEPS_OUT.has(mode) && isLive(seen, table) && !isEmpty(seen, table)).map(({ table }) => table);
}

function onlyValues({ statement: { node, kind } }: Seen): boolean {
  return kind === 'InsertStmt' && listAt(wrapped(node.selectStmt, 'SelectStmt') ?? {}, 'valuesLists').length > 0;
}

function severalLocked(seen: Seen): Said | null {
  const all = together(seen);
  if (all.length < 2 || all[all.length - 1] !== seen) return null;
  const tables = new Map<string, string>();
  for (const one of all) for (const { mode, table } of one.facts.locks) if (mode === 'ACCESS EXCLUSIVE' && isLive(one, table)) tables.set(spoken(table), one.statement.sql);
  if (new Set(tables.values()).size < 2) return null;
  const names = [...tables.keys()];
  return { severity: 'to_know', object: names.join(','), lock: 'ACCESS EXCLUSIVE', sentence: `${names.join(' and ')} are locked one after the other (ACCESS EXCLUSIVE) and held together: code that takes them in another order waits, and one of the two is ended.` };
}

function hiddenSql(seen: Seen): Said | null {
  const { kind, node, sql } = seen.statement;
  const body = kind === 'DoStmt' ? bodyOf(node, sql) : null;
  const hidden = kind === 'CallStmt' || kind === 'ExecuteStmt' || (kind === 'DoStmt' && (body === null || body.unknown));
  const called = kind === 'SelectStmt' || kind === 'CallStmt' ? calledIn(seen) : null;
  if (called || kind === 'SelectStmt') return called ?? ofExtension(seen);
  return hidden ? { severity: 'to_know', object: '', sentence: `What “${seen.step.title}” locks, rewrites and loses cannot be read off its text: a rehearsal shows it.` } : null;
}

/** Functions of people that a query calls and that are not promised to leave everything as it is. */
function calledIn({ facts }: Seen): Said | null {
  const [called] = facts.through.filter((one) => one.by === 'function');
  if (called?.by !== 'function') return null;
  const { body, routine } = called;
  const named = body.writes.length > 0 ? 'their definitions are part of what is signed' : 'no table of it is part of what is signed';
  return { severity: 'to_know', object: routine.name, sentence: `${routine.name}() ${bodyWords(body)}; ${named}. A rehearsal shows what it locks and takes.` };
}

/** Functions of extensions are in no reading: those that are called by a schema, and those of dblink, which runs what it is given elsewhere. */
function ofExtension({ statement: { node }, existing }: Seen): Said | null {
  const called = findNodes(node, ['FuncCall']).map(({ node: call }) => words(listAt(call, 'funcname')));
  const hidden = called.find((parts) => parts.at(-1)?.startsWith('dblink') || (parts.length > 1 && parts.at(-2) !== 'pg_catalog' && existing !== null && routinesNamed(existing, parts.at(-1) ?? '').length === 0));
  return hidden ? { severity: 'to_know', object: hidden.join('.'), sentence: `What ${hidden.join('.')}() does cannot be read off the plan: it is no function of the reading. A rehearsal shows what it locks and takes.` } : null;
}

function enumUsedAtOnce(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  const value = textAt(node, 'newVal');
  if (kind !== 'AlterEnumStmt' || value === null || textAt(node, 'oldVal') !== null) return null;
  const all = together(seen);
  const used = all.slice(all.indexOf(seen) + 1).some((one) => one.statement.sql.includes(`'${value.replaceAll("'", "''")}'`));
  return used ? { severity: 'blocking', object: value, sentence: `‘${value}’ is used in the transaction that adds it, which Postgres refuses: give ALTER TYPE … ADD VALUE a step of its own before.` } : null;
}

function enumAtTheEnd({ statement: { kind, node } }: Seen): Said | null {
  const value = textAt(node, 'newVal');
  if (kind !== 'AlterEnumStmt' || value === null || textAt(node, 'oldVal') !== null || textAt(node, 'newValNeighbor') !== null) return null;
  return { severity: 'to_know', object: value, sentence: `‘${value}’ comes last in every ORDER BY; BEFORE or AFTER says where else, and only now.` };
}

const MAYBE_LONG = /[\w$\u0080-\uffff]{32,}|"[^"]{32,}"/;
const MAX_BYTES = 63;

function cutOff(seen: Seen): Said[] {
  const { sql } = seen.statement;
  if (!MAYBE_LONG.test(sql)) return [];
  const names = scanSync(sql).tokens.filter(({ tokenName }) => tokenName === 'IDENT').map(({ text }) => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text));
  return [...new Set(names)].filter((name) => new TextEncoder().encode(name).length > MAX_BYTES).map((name) => ({ severity: 'to_know', object: name.slice(0, 20), sentence: `${name} is longer than 63 bytes: Postgres calls it ${new TextDecoder().decode(new TextEncoder().encode(name).slice(0, MAX_BYTES)).replace(/\uFFFD$/, '')}.` }));
}
