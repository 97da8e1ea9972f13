import { ident } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf } from './relation.ts';

interface Row {
  role: string;
  schema: string | null;
  objects: string;
  granted: string[];
  revoked: string[];
}

export const defaultPrivilegesKind = defineKind<Row>({
  kind: 'default_privileges',
  label: { one: 'default privileges', many: 'default privileges' },
  query: 'introspect/default_privileges_list',
  catalog: 'pg_default_acl',
  attributes: [
    { name: 'role', label: 'of role', derived: true },
    { name: 'inSchema', label: 'in schema', derived: true },
    { name: 'objects', label: 'on new', derived: true },
    { name: 'granted', label: 'grants', usual: [], remedy: 'altered' },
    { name: 'revoked', label: 'takes away', usual: [], remedy: 'altered' },
  ],
  fromRow: (row) => ({
    id: objectId('default_privileges', row.role, row.schema ?? '', row.objects), kind: 'default_privileges', schema: row.schema ?? '', name: `${row.role}: ${row.objects.toLowerCase()}`, parent: null, position: null,
    attributes: { role: row.role, inSchema: row.schema, objects: row.objects, granted: row.granted, revoked: row.revoked },
  }),
  address: (object) => `DEFAULT PRIVILEGES ${object.name}`,
  create: (object) => privileges(object, [], [], listOf(object, 'granted'), listOf(object, 'revoked')).map((sql) => ({ stage: 'privilege', sql })),
  drop: (object) => privileges(object, listOf(object, 'granted'), listOf(object, 'revoked'), [], []),
  alter: ({ current, desired }) => privileges(desired, listOf(current, 'granted'), listOf(current, 'revoked'), listOf(desired, 'granted'), listOf(desired, 'revoked')),
});

function privileges(object: SchemaObject, granted: readonly string[], revoked: readonly string[], grant: readonly string[], revoke: readonly string[]): string[] {
  const { role, inSchema, objects } = object.attributes;
  const alter = `ALTER DEFAULT PRIVILEGES FOR ROLE ${ident(String(role))}${typeof inSchema === 'string' ? ` IN SCHEMA ${ident(inSchema)}` : ''}`;
  return privilegeChanges({ granted, revoked }, { granted: grant, revoked: revoke }).map(({ verb, privilege, grantee, option }) =>
    verb === 'GRANT' ? `${alter} GRANT ${privilege} ON ${String(objects)} TO ${grantee}${option ? ' WITH GRANT OPTION' : ''}` : `${alter} REVOKE ${privilege} ON ${String(objects)} FROM ${grantee}`,
  );
}

export interface PrivilegeChange {
  verb: 'GRANT' | 'REVOKE';
  privilege: string;
  grantee: string;
  option: boolean;
}

export interface Entries {
  granted: readonly string[];
  revoked: readonly string[];
}

/** What turns one set of grants into another: all that is taken away first, so that a lost grant option does not outlive its grant. */
export function privilegeChanges(current: Entries, desired: Entries): PrivilegeChange[] {
  return [
    ...without(current.granted, desired.granted).map((entry) => parsed('REVOKE', entry, ' TO ')),
    ...without(desired.revoked, current.revoked).map((entry) => parsed('REVOKE', entry, ' FROM ')),
    ...without(current.revoked, desired.revoked).map((entry) => parsed('GRANT', entry, ' FROM ')),
    ...without(desired.granted, current.granted).map((entry) => parsed('GRANT', entry, ' TO ')),
  ];
}

function without(list: readonly string[], known: readonly string[]): string[] {
  return list.filter((entry) => !known.includes(entry));
}

function parsed(verb: PrivilegeChange['verb'], entry: string, between: string): PrivilegeChange {
  const option = entry.endsWith(OPTION);
  const text = option ? entry.slice(0, -OPTION.length) : entry;
  const at = text.indexOf(between);
  return { verb, privilege: text.slice(0, at), grantee: text.slice(at + between.length), option };
}

const OPTION = ' WITH GRANT OPTION';
