import { ident } from '../ddl.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { type Entries, type PrivilegeChange, privilegeChanges } from './default-privileges.ts';
import { defineKind } from './kind.ts';
import { listOf, textOf } from './relation.ts';

export interface GrantRow {
  /** Null: what came with the server. */
  target: SchemaObject | null;
  /** Of what is no object of its own. */
  owner?: string;
  /** As GRANT … ON names it. */
  on: string;
  column: string | null;
  granted: string[];
  revoked: string[];
}

/** What is granted on one object or column, as the difference to what an object of its kind grants by itself. */
export const grantKind = defineKind<GrantRow>({
  kind: 'grant',
  label: { one: 'grant', many: 'grants' },
  query: 'introspect/grant_list',
  attributes: [
    { name: 'granted', label: 'granted', usual: [], remedy: 'altered' },
    { name: 'revoked', label: 'taken away', usual: [], remedy: 'altered' },
    { name: 'on', label: 'on', derived: true },
    { name: 'column', label: 'column', derived: true },
    { name: 'target', label: 'object', derived: true },
  ],
  fromRow: ({ target, owner, on, column, granted, revoked }) => ({
    id: objectId('grant', on, ...(column === null ? [] : [column])), kind: 'grant', schema: target?.schema ?? '', name: column === null ? on : `${on} (${column})`, parent: target === null ? null : (target.parent ?? target.id), position: null,
    attributes: { granted, revoked, on, column, target: target?.id ?? null },
    aside: { ownerOfObject: owner ?? target?.aside?.owner ?? null },
  }),
  address: (object) => `GRANT ON ${String(object.attributes.on)}`,
  create: (object) => privileges(object, NONE, object).map((sql) => ({ stage: 'privilege', sql })),
  drop: (object) => privileges(object, object, NONE),
  alter: ({ current, desired }) => privileges(desired, current, desired),
  leader: (object) => textOf(object, 'target'),
});

const NONE = null;

function privileges(object: SchemaObject, current: SchemaObject | null, desired: SchemaObject | null): string[] {
  const column = textOf(object, 'column');
  const owner = object.aside?.ownerOfObject;
  // Who becomes the owner has what was granted to it as the owner's own, and loses only the right to pass it on, which an owner has anyway.
  const isOwner = (grantee: string) => typeof owner === 'string' && grantee === ident(owner);
  return [...privilegeChanges(entries(current), entries(desired)), ...passedOn(entries(current), entries(desired))].filter(({ verb, grantee, option }) => verb === 'GRANT' || option || !isOwner(grantee)).map(({ verb, privilege, grantee, option }) => {
    const what = `${privilege}${column === null ? '' : ` (${ident(column)})`} ON ${String(object.attributes.on)}`;
    const whom = grantee === 'OWNER' ? (typeof owner === 'string' ? ident(owner) : 'CURRENT_USER') : grantee;
    return verb === 'GRANT' ? `GRANT ${what} TO ${whom}${option ? ' WITH GRANT OPTION' : ''}` : `REVOKE ${isOwner(grantee) ? 'GRANT OPTION FOR ' : ''}${what} FROM ${whom}${option ? ' CASCADE' : ''}`;
  });
}

/** Who could pass a right on and loses it takes it from those it was passed on to; who is to keep it gets it anew. */
function passedOn(current: Entries, desired: Entries): PrivilegeChange[] {
  const lost = privilegeChanges(current, desired).filter(({ verb, option }) => verb === 'REVOKE' && option).map(({ privilege }) => privilege);
  if (lost.length === 0) return [];
  const kept = { granted: desired.granted.filter((entry) => current.granted.includes(entry)), revoked: [] };
  return privilegeChanges({ granted: [], revoked: [] }, kept).filter(({ privilege }) => lost.includes(privilege));
}

function entries(side: SchemaObject | null): Entries {
  return { granted: side ? listOf(side, 'granted') : [], revoked: side ? listOf(side, 'revoked') : [] };
}
