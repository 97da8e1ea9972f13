// What is to be done with a statement when a text is replayed into a scratch database, from its parse tree.

/**
 * - `run`: like any other; many of them may be sent at once.
 * - `temporary`: a table that goes, or is emptied, with its transaction, which tools open around a file.
 * - `alone`: not inside a transaction, or its effect is needed by the next one.
 * - `begin`, `commit`, `rollback`: the text's own transactions.
 * - `owner`, `grant`: may fail where the roles are not ours to use; then owners or grants of this side are unknown.
 * - `label`: needs a module that the server may not have loaded; then security labels of this side are unknown.
 * - `setting`: of the session; one that this server does not know changes nothing in the schema.
 * - `extension`: the server may not have it.
 * - `lend`: says what there shall be; Postgres may want a superuser for it, or what it rests on belongs to one.
 * - `pass`: says nothing about the schema of one database, and is left out.
 */
export type Treatment = 'run' | 'temporary' | 'alone' | 'begin' | 'commit' | 'rollback' | 'owner' | 'grant' | 'label' | 'setting' | 'extension' | 'lend' | 'pass';

export interface Treated {
  treatment: Treatment;
  /** For `pass`: what it is, as a person reads it; empty when it is not worth a word. For `extension`: its name. */
  what: string;
}

type Node = Readonly<Record<string, unknown>>;

const PASSED: Readonly<Record<string, string>> = {
  CreatedbStmt: 'CREATE DATABASE', AlterDatabaseStmt: 'ALTER DATABASE', AlterDatabaseSetStmt: 'ALTER DATABASE … SET', AlterDatabaseRefreshCollStmt: 'ALTER DATABASE', DropdbStmt: 'DROP DATABASE',
  CreateRoleStmt: 'CREATE ROLE', AlterRoleStmt: 'ALTER ROLE', AlterRoleSetStmt: 'ALTER ROLE … SET', DropRoleStmt: 'DROP ROLE', GrantRoleStmt: 'membership in roles',
  CreateTableSpaceStmt: 'CREATE TABLESPACE', AlterTableSpaceOptionsStmt: 'ALTER TABLESPACE', DropTableSpaceStmt: 'DROP TABLESPACE', AlterSystemStmt: 'ALTER SYSTEM', LoadStmt: 'LOAD',
  // They speak with another server.
  CreateSubscriptionStmt: 'CREATE SUBSCRIPTION', AlterSubscriptionStmt: 'ALTER SUBSCRIPTION', DropSubscriptionStmt: 'DROP SUBSCRIPTION',
  // Nobody else is in a scratch database, and its planner is never asked.
  LockStmt: '', VacuumStmt: '', CheckPointStmt: '', NotifyStmt: '', ListenStmt: '', UnlistenStmt: '', ReindexStmt: '', ClusterStmt: '',
};

/** They run what a person wrote, and not only say what there shall be: never with more rights than the text itself has. */
const NEVER_LENT = new Set(['DoStmt', 'SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CallStmt', 'ExecuteStmt', 'PrepareStmt', 'CreateTableAsStmt', 'RefreshMatViewStmt', 'ExplainStmt']);

const TRANSACTION: Readonly<Record<string, Treatment>> = {
  TRANS_STMT_BEGIN: 'begin', TRANS_STMT_START: 'begin', TRANS_STMT_COMMIT: 'commit', TRANS_STMT_ROLLBACK: 'rollback',
};

/** How to replay the statement with this node of the parse tree. Pure. */
export function treatmentOf(kind: string, node: Node): Treated {
  const passed = PASSED[kind];
  if (passed !== undefined) return { treatment: 'pass', what: passed };
  if ([node.objtype, node.objectType, node.renameType].includes('OBJECT_SUBSCRIPTION')) return { treatment: 'pass', what: '' };
  if (kind === 'CopyStmt') return { treatment: 'pass', what: 'rows behind COPY' };
  if (kind === 'VariableSetStmt') return settingOf(node);
  if (kind === 'TransactionStmt') return { treatment: TRANSACTION[String(node.kind)] ?? 'alone', what: '' };
  if (kind === 'CreateExtensionStmt') return { treatment: 'extension', what: String(node.extname) };
  if (kind === 'AlterOwnerStmt' || isOwnerChange(kind, node)) return { treatment: 'owner', what: 'ALTER … OWNER TO' };
  if (kind === 'GrantStmt' || kind === 'AlterDefaultPrivilegesStmt') return { treatment: 'grant', what: kind === 'GrantStmt' ? 'GRANT' : 'ALTER DEFAULT PRIVILEGES' };
  if ((kind === 'CommentStmt' || kind === 'SecLabelStmt') && ['OBJECT_DATABASE', 'OBJECT_ROLE', 'OBJECT_TABLESPACE'].includes(String(node.objtype))) return { treatment: 'pass', what: '' };
  if (kind === 'SecLabelStmt') return { treatment: 'label', what: 'SECURITY LABEL' };
  if (String(node.oncommit ?? (isObject(node.into) ? node.into.onCommit : '')).startsWith('ONCOMMIT_D')) return { treatment: 'temporary', what: '' };
  const alone = node.concurrent === true || kind === 'AlterEnumStmt' || kind === 'DiscardStmt' || kind === 'CallStmt';
  if (alone) return { treatment: 'alone', what: '' };
  return { treatment: NEVER_LENT.has(kind) || isForeignCode(kind, node) ? 'run' : 'lend', what: '' };
}

function settingOf(node: Node): Treated {
  const name = String(node.name);
  if (name === 'session_authorization' || name === 'role') return { treatment: 'pass', what: name === 'role' ? 'SET ROLE' : 'SET SESSION AUTHORIZATION' };
  // They name tablespaces, and a server must know those.
  if (name === 'default_tablespace' || name === 'temp_tablespaces') return { treatment: 'pass', what: '' };
  return { treatment: 'setting', what: node.is_local === true ? 'local' : '' };
}

/** A function in C loads a library of the machine. */
function isForeignCode(kind: string, node: Node): boolean {
  if (kind !== 'CreateFunctionStmt' || !Array.isArray(node.options)) return false;
  return node.options.some((each: unknown) => isObject(each) && isObject(each.DefElem) && each.DefElem.defname === 'language' && /"sval":"c"/i.test(JSON.stringify(each.DefElem)));
}

function isOwnerChange(kind: string, node: Node): boolean {
  if (kind !== 'AlterTableStmt' || !Array.isArray(node.cmds)) return false;
  return node.cmds.length > 0 && node.cmds.every((each: unknown) => isObject(each) && isObject(each.AlterTableCmd) && each.AlterTableCmd.subtype === 'AT_ChangeOwner');
}

function isObject(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names of roles in a part of a parse tree: owners, grantees, roles of policies, and roles that it creates. */
export function rolesIn(node: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(node)) for (const each of node) rolesIn(each, found);
  else if (isObject(node)) {
    if (node.roletype === 'ROLESPEC_CSTRING' && typeof node.rolename === 'string') found.add(node.rolename);
    if (isObject(node.CreateRoleStmt) && typeof node.CreateRoleStmt.role === 'string') found.add(node.CreateRoleStmt.role);
    for (const value of Object.values(node)) if (typeof value === 'object') rolesIn(value, found);
  }
  return found;
}
