import { spoken } from '../../planner/names.ts';
import { objectId, type SchemaObject } from '../../snapshot.ts';
import { nameOf } from '../../sql-facts/create.ts';
import { constraintObject, columnObject } from '../../sql-facts/existing.ts';
import { listAt, nodeAt, nodesAt, relationOf, textAt, wordsOf, wrapped } from '../../sql-facts/tree.ts';
import type { LintRule } from '../finding.ts';
import { actionsOf, isLive, type Said, type Seen, statementRule, together } from '../seen.ts';

/** What holds rows together, hides them or says who may have them, and goes. */
export const GUARDS: readonly LintRule[] = [
  statementRule('ROW_SECURITY_OFF', 'DISABLE ROW LEVEL SECURITY, or a restrictive policy that goes, shows rows to people who never saw them; a permissive one that goes hides rows.', rowSecurity),
  statementRule('TRIGGER_OFF', 'A trigger that is dropped or switched off does not see the rows that are written meanwhile.', triggerOff),
  statementRule('CONSTRAINT_DROPPED', 'From then on rows come in that break the rule, and adding it again reads every row.', constraintDropped),
  statementRule('DEFAULT_DROPPED', 'Code that leaves the column out writes NULL from then on, or fails where NULL is not allowed.', defaultDropped),
  statementRule('RIGHTS_TAKEN', 'REVOKE: code that uses the right fails from the next statement on.', rightsTaken),
  statementRule('OWNED_DROPPED', 'DROP OWNED drops every table, view and function of a role in this database, with all rows, and every right that was given to it.', ownedDropped),
  statementRule('REPLICA_IDENTITY_NOTHING', 'With REPLICA IDENTITY NOTHING every UPDATE and DELETE of a published table fails.', identityNothing),
  statementRule('NUMBERS_SET_BACK', 'A sequence that is set back gives numbers again that rows have already.', numbersSetBack),
];

function rowSecurity(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  if (!table || !isLive(seen, table)) return [];
  const off = actionsOf(seen).filter(({ subtype }) => subtype === 'AT_DisableRowSecurity' || subtype === 'AT_NoForceRowSecurity').map((action): Said => action.subtype === 'AT_DisableRowSecurity'
    ? { severity: 'blocking', object: table.name, table, sentence: `Whoever has rights on ${spoken(table)} sees and changes every row of it, whatever its policies say.` }
    : { severity: 'to_know', object: table.name, table, sentence: `The owner of ${spoken(table)} sees every row of it, whatever its policies say.` });
  return [...off, ...policyGone(seen)];
}

function policyGone(seen: Seen): Said[] {
  const { kind, node } = seen.statement;
  const table = seen.facts.tables[0];
  if (kind !== 'DropStmt' || node.removeType !== 'OBJECT_POLICY' || !table) return [];
  return listAt(node, 'objects').flatMap((object): Said[] => {
    const name = nameOf(object).at(-1) ?? '';
    if (together(seen).some((one) => one.statement.index > seen.statement.index && one.statement.kind === 'CreatePolicyStmt' && textAt(one.statement.node, 'policy_name') === name)) return [];
    const known = seen.existing?.objects.get(objectId('policy', table.schema, table.name, name));
    if (seen.existing && !known) return [];
    const restrictive = known?.attributes.permissive === false;
    const sentence = restrictive ? `${name} holds rows of ${spoken(table)} back from people; without it they see them.` : known ? `Rows of ${spoken(table)} that ${name} lets people see are hidden from them, without an error.` : `Which rows of ${spoken(table)} people see changes without an error; what ${name} says was not read.`;
    return [{ severity: restrictive || !known ? 'blocking' : 'to_know', object: name, table, sentence }];
  });
}

const OFF: ReadonlySet<string> = new Set(['AT_DisableTrig', 'AT_DisableTrigUser']);

function triggerOff(seen: Seen): Said[] {
  const { kind, node } = seen.statement;
  const table = seen.facts.tables[0];
  if (!table || !isLive(seen, table)) return [];
  const off = actionsOf(seen).filter(({ subtype }) => OFF.has(String(subtype))).map((action) => textAt(action, 'name'));
  const dropped = kind === 'DropStmt' && node.removeType === 'OBJECT_TRIGGER' ? listAt(node, 'objects').flatMap((object) => nameOf(object).at(-1) ?? []) : [];
  const gone = dropped.filter((name) => !together(seen).some((one) => one.statement.index > seen.statement.index && one.statement.kind === 'CreateTrigStmt' && textAt(one.statement.node, 'trigname') === name));
  return [...off, ...gone].map((name) => ({ severity: 'to_know', object: name ?? table.name, lock: 'SHARE ROW EXCLUSIVE', table, sentence: `${name ?? 'No trigger of people'} ${name === null ? 'fires' : 'does not fire'} for what is written to ${spoken(table)} from then on, and nothing makes up for it later.` }));
}

function constraintDropped(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  if (!table || !isLive(seen, table)) return [];
  return actionsOf(seen).filter(({ subtype }) => subtype === 'AT_DropConstraint').flatMap((action): Said[] => {
    const name = textAt(action, 'name') ?? '';
    const known = seen.existing ? constraintObject(seen.existing, table, name) : undefined;
    // What the plan has added itself, or adds again under the same lock, was not promised to anybody.
    if ((seen.existing && !known) || addedAgain(seen, name)) return [];
    return [{ severity: 'to_know', object: `${table.name}.${name}`, lock: 'ACCESS EXCLUSIVE', table, sentence: `${ruleWords(known)} come into ${spoken(table)} from then on, and ${name} can only be added again when every row keeps it.` }];
  });
}

function addedAgain(seen: Seen, name: string): boolean {
  return together(seen).some((one) => one.statement.index >= seen.statement.index && actionsOf(one).some((action) => action.subtype === 'AT_AddConstraint' && textAt(wrapped(action.def, 'Constraint') ?? {}, 'conname') === name));
}

const BROKEN: Readonly<Record<string, string>> = { 'foreign key': 'Rows without a parent', 'primary key': 'Rows with the same key', unique: 'Rows with the same values', check: 'Rows that do not keep the check', exclusion: 'Rows that exclude each other' };

function ruleWords(constraint: SchemaObject | undefined): string {
  return BROKEN[String(constraint?.attributes.type)] ?? 'Rows that break the rule';
}

function defaultDropped(seen: Seen): Said[] {
  const table = seen.facts.tables[0];
  if (!table || !isLive(seen, table)) return [];
  const gone = actionsOf(seen).filter((action) => (action.subtype === 'AT_ColumnDefault' && action.def === undefined) || action.subtype === 'AT_DropIdentity' || action.subtype === 'AT_DropExpression');
  return gone.flatMap((action): Said[] => {
    const name = textAt(action, 'name') ?? '';
    const known = seen.existing ? columnObject(seen.existing, table, name) : undefined;
    if (seen.existing && !known) return [];
    const fails = known?.attributes.nullable === false;
    return [{ severity: fails ? 'blocking' : 'to_know', object: `${table.name}.${name}`, lock: 'ACCESS EXCLUSIVE', table, sentence: `Code that leaves ${spoken(table)}.${name} out ${fails ? 'fails from then on, because it may not be NULL' : known ? 'writes NULL into it from then on' : 'writes NULL into it from then on, or fails'}.` }];
  });
}

function rightsTaken({ statement: { kind, node } }: Seen): Said | null {
  if (kind !== 'GrantStmt' || node.is_grant === true) return null;
  const from = nodesAt(node, 'grantees', 'RoleSpec').map((role) => textAt(role, 'rolename') ?? 'PUBLIC').join(', ');
  const on = listAt(node, 'objects').map((object) => textAt(wrapped(object, 'RangeVar') ?? {}, 'relname') ?? nameOf(object).at(-1) ?? '').filter((name) => name !== '').join(', ');
  return { severity: 'to_know', object: `${from} ${on}`.trim(), sentence: `What ${from} may do with ${on === '' ? 'what is named' : on} becomes less: code that uses the right fails from the next statement on.` };
}

function ownedDropped(seen: Seen): Said | null {
  const { kind, node } = seen.statement;
  if (kind !== 'DropOwnedStmt') return null;
  const who = nodesAt(node, 'roles', 'RoleSpec').map((role) => textAt(role, 'rolename') ?? 'the role itself').join(', ');
  const tables = seen.facts.loses;
  const rows = tables.length > 0 ? `, with all rows of ${tables.slice(0, 5).map(spoken).join(', ')}${tables.length > 5 ? ' …' : ''}` : '';
  return { severity: 'blocking', object: who, lock: 'ACCESS EXCLUSIVE', sentence: `Everything that ${who} owns in this database goes${rows}, and every right that was given to ${who}: name what is to go, so that a person sees it.` };
}

function identityNothing(seen: Seen): Said | null {
  const table = seen.facts.tables[0];
  const nothing = actionsOf(seen).some((action) => action.subtype === 'AT_ReplicaIdentity' && textAt(wrapped(action.def, 'ReplicaIdentityStmt') ?? {}, 'identity_type') === 'n');
  return nothing && table && isLive(seen, table) ? { severity: 'blocking', object: table.name, lock: 'ACCESS EXCLUSIVE', table, sentence: `Where ${spoken(table)} is published, every UPDATE and DELETE of it fails from then on.` } : null;
}

function numbersSetBack({ statement: { kind, node } }: Seen): Said | null {
  const restarts = kind === 'AlterSeqStmt' && nodesAt(node, 'options', 'DefElem').some((option) => textAt(option, 'defname') === 'restart');
  const name = relationOf(nodeAt(node, 'sequence'), (parts) => ({ schema: '', name: parts.at(-1) ?? wordsOf(node.sequence)[0] ?? '' }))?.name ?? '';
  return restarts ? { severity: 'to_know', object: name, sentence: `${name} gives its numbers from there on: a number that a row has already stops the INSERT that gets it.` } : null;
}
