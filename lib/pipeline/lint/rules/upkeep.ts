import { spoken } from '../../planner/names.ts';
import { nodeAt, textAt, wrapped } from '../../sql-facts/tree.ts';
import type { LintRule } from '../finding.ts';
import { actionsOf, isLive, type Said, type Seen, statementRule, together, used } from '../seen.ts';

export const UPKEEP_RULES: readonly LintRule[] = [
  statementRule('TABLE_REWRITTEN', 'VACUUM FULL, CLUSTER, SET LOGGED or UNLOGGED, another tablespace or access method write the whole table anew while nobody can read or write (ACCESS EXCLUSIVE).', rewritten),
  statementRule('REFRESH_HOLDS_UP_READS', 'REFRESH MATERIALIZED VIEW without CONCURRENTLY keeps readers out (ACCESS EXCLUSIVE) while it is computed.', refreshed),
  statementRule('DETACH_HOLDS_UP', 'DETACH PARTITION without CONCURRENTLY waits for, and keeps out, everybody who uses any partition (ACCESS EXCLUSIVE).', detached),
  statementRule('ATTACH_SCANS', 'ATTACH PARTITION reads every row of the new partition, which nobody can use meanwhile, unless a valid check says already that they belong there.', attached),
  statementRule('TRIGGERS_OFF', 'DISABLE TRIGGER ALL also turns foreign keys off: rows that come meanwhile are never checked.', triggersOff),
  statementRule('TABLE_UNLOGGED', 'An unlogged table is empty after a crash, and is not on any standby.', unlogged),
];

const REWRITING = new Set(['AT_SetLogged', 'AT_SetUnLogged', 'AT_SetAccessMethod', 'AT_SetTableSpace']);

function rewritten(seen: Seen): Said | null {
  const { statement, facts } = seen;
  const maintains = (statement.kind === 'VacuumStmt' || statement.kind === 'ClusterStmt') && facts.rewrite;
  const table = facts.tables[0];
  if (!maintains && !actionsOf(seen).some((action) => REWRITING.has(String(action.subtype)))) return null;
  if (!table) return { severity: 'blocking', object: '', lock: 'ACCESS EXCLUSIVE', sentence: 'Every table is written anew in turn, while nobody can read or write it (ACCESS EXCLUSIVE).' };
  const use = used(seen, table);
  return use && { ...use.said, object: use.name, lock: 'ACCESS EXCLUSIVE', sentence: `Reads and writes of ${use.name} wait (ACCESS EXCLUSIVE) while ${use.words} and every index are written anew; pg_repack does the same beside the running table.` };
}

function refreshed(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  const view = seen.facts.tables[0];
  if (kind !== 'RefreshMatViewStmt' || node.concurrent === true || !view || !isLive(seen, view)) return null;
  return { severity: 'to_know', object: view.name, lock: 'ACCESS EXCLUSIVE', table: view, sentence: `Whoever reads ${spoken(view)} waits (ACCESS EXCLUSIVE) until it is computed; CONCURRENTLY needs a unique index and lets them read.` };
}

function detached(seen: Seen): Said | null {
  const table = seen.facts.tables[0];
  const action = actionsOf(seen).find((one) => one.subtype === 'AT_DetachPartition');
  if (!action || !table || wrapped(action.def, 'PartitionCmd')?.concurrent === true || !isLive(seen, table)) return null;
  const child = textAt(nodeAt(wrapped(action.def, 'PartitionCmd') ?? {}, 'name'), 'relname') ?? '';
  return { severity: 'to_know', object: child, lock: 'ACCESS EXCLUSIVE', table, sentence: `Everybody who uses ${spoken(table)} waits (ACCESS EXCLUSIVE) until older transactions have ended and ${child} is detached; DETACH … CONCURRENTLY lets them go on.` };
}

function attached(seen: Seen): Said | null {
  const action = actionsOf(seen).find((one) => one.subtype === 'AT_AttachPartition');
  const child = seen.facts.tables[1];
  if (!action || !child) return null;
  const use = used(seen, child);
  return use && { ...use.said, severity: 'to_know', object: use.name, lock: 'ACCESS EXCLUSIVE', sentence: `Nobody can use ${use.name} (ACCESS EXCLUSIVE) while ${use.words} are checked against the bounds; a valid check of the same words makes it a moment.` };
}

function triggersOff(seen: Seen): Said | null {
  const table = seen.facts.tables[0];
  const off = actionsOf(seen).some((action) => action.subtype === 'AT_DisableTrigAll');
  if (!off || !table || !isLive(seen, table)) return null;
  const backOn = together(seen).some((later) => later.statement.index > seen.statement.index && later.facts.tables[0]?.name === table.name && actionsOf(later).some((action) => action.subtype === 'AT_EnableTrigAll'));
  const sentence = `Foreign keys of ${spoken(table)} are off${backOn ? ' in this transaction' : ' for everybody from then on'}: rows without a parent come in unchecked, and nothing ever looks at them again.`;
  return { severity: backOn ? 'to_know' : 'blocking', object: table.name, lock: 'SHARE ROW EXCLUSIVE', table, sentence };
}

function unlogged(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  const table = seen.facts.tables[0];
  const made = kind === 'CreateStmt' && nodeAt(node, 'relation').relpersistence === 'u';
  const set = actionsOf(seen).some((action) => action.subtype === 'AT_SetUnLogged');
  return table && (made || set) ? { severity: 'to_know', object: table.name, table, sentence: `${spoken(table)} is empty after a crash of the server, and no standby has its rows.` } : null;
}
