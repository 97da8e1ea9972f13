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
  /** By others than the owner: `SELECT TO x BY y`. */
  passedOn: string[];
  revoked: string[];
}

/** What is granted on one object or column, as the difference to what an object of its kind grants by itself. */
export const grantKind = defineKind<GrantRow>({
  kind: 'grant',
  label: { one: 'grant', many: 'grants' },
  query: 'introspect/grant_list',
  attributes: [
    { name: 'granted', label: 'granted', usual: [], remedy: 'altered' },
    { name: 'passedOn', label: 'granted by others than the owner', usual: [], remedy: 'altered' },
    { name: 'revoked', label: 'taken away', usual: [], remedy: 'altered' },
    { name: 'on', label: 'on', derived: true },
    { name: 'column', label: 'column', derived: true },
    { name: 'target', label: 'object', derived: true },
  ],
  fromRow: ({ target, owner, on, column, granted, passedOn, revoked }) => ({
    id: objectId('grant', on, ...(column === null ? [] : [column])), kind: 'grant', schema: target?.schema ?? '', name: column === null ? on : `${on} (${column})`, parent: target === null ? null : (target.parent ?? target.id), position: null,
    attributes: { granted, passedOn, revoked, on, column, target: target?.id ?? null },
    aside: { ownerOfObject: owner ?? target?.aside?.owner ?? null },
  }),
  address: (object) => `GRANT ON ${String(object.attributes.on)}`,
  create: (object) => sqlOf(grantChange(object, NONE, object)).map((sql) => ({ stage: 'privilege', sql })),
  drop: (object) => sqlOf(grantChange(object, object, NONE)),
  alter: ({ current, desired }) => sqlOf(grantChange(desired, current, desired)),
  leader: (object) => textOf(object, 'target'),
});

const NONE = null;

/** Statements that take away, and those that give; the first must all have run, on a table and its columns, before one of the second does. */
export interface GrantChange {
  revokes: readonly string[];
  grants: readonly string[];
}

function sqlOf({ revokes, grants }: GrantChange): string[] {
  return [...revokes, ...grants];
}

/** Turns what `current` grants into what `desired` grants, null = nothing; `object` says on what, and who owns it. */
export function grantChange(object: SchemaObject, current: SchemaObject | null, desired: SchemaObject | null): GrantChange {
  const column = textOf(object, 'column');
  const owner = object.aside?.ownerOfObject;
  // Who becomes the owner has what was granted to it as the owner's own, and loses only the right to pass it on, which an owner has anyway.
  const isOwner = (grantee: string) => typeof owner === 'string' && grantee === ident(owner);
  const spoken = ({ verb, privilege, grantee, option }: PrivilegeChange, cascade: boolean) => {
    const what = `${privilege}${column === null ? '' : ` (${ident(column)})`} ON ${String(object.attributes.on)}`;
    const whom = grantee === 'OWNER' ? (typeof owner === 'string' ? ident(owner) : 'CURRENT_USER') : grantee;
    return verb === 'GRANT' ? `GRANT ${what} TO ${whom}${option ? ' WITH GRANT OPTION' : ''}` : `REVOKE ${isOwner(grantee) ? 'GRANT OPTION FOR ' : ''}${what} FROM ${whom}${cascade ? ' CASCADE' : ''}`;
  };
  const own = [...privilegeChanges(entries(current), entries(desired)), ...keptByOwner(entries(current), entries(desired))].filter(({ verb, grantee, option }) => verb === 'GRANT' || option || !isOwner(grantee));
  const others = passedOnChanges(current, desired);
  const by = (change: PassedOn) => [`SET LOCAL ROLE ${change.grantor}`, spoken(change, change.option), 'RESET ROLE'];
  return {
    revokes: [...others.filter(({ verb }) => verb === 'REVOKE').flatMap(by), ...own.filter(({ verb }) => verb === 'REVOKE').map((change) => spoken(change, change.option))],
    grants: [...own.filter(({ verb }) => verb === 'GRANT').map((change) => spoken(change, false)), ...others.filter(({ verb }) => verb === 'GRANT').flatMap(by)],
  };
}

/** The grant as it is said where nobody knows who granted what: each right once, as if the owner had given it. */
export function whoeverGranted(grant: SchemaObject): SchemaObject {
  const others = passedOn(grant).map((entry) => parsedPassedOn('GRANT', entry)).map(({ privilege, grantee, option }) => `${privilege} TO ${grantee}${option ? OPTION : ''}`);
  if (others.length === 0) return grant;
  const all = [...new Set([...listOf(grant, 'granted'), ...others])];
  return { ...grant, attributes: { ...grant.attributes, granted: all.filter((entry) => !all.includes(`${entry}${OPTION}`)).toSorted(byGrantee), passedOn: [] } };
}

const OPTION = ' WITH GRANT OPTION';

/** As the reading sorts them. */
function byGrantee(a: string, b: string): number {
  const [one, other] = [a, b].map((entry) => entry.replace(/^(.*?) TO (.*?)( WITH GRANT OPTION)?$/, '$2 $1'));
  return (one ?? '') < (other ?? '') ? -1 : 1;
}

/** `SELECT TO x`: what changes on a relation take from its columns too, because REVOKE on a table reaches them. */
export function takenFromColumns(current: SchemaObject | null, desired: SchemaObject | null): string[] {
  const own = privilegeChanges(entries(current), entries(desired));
  return [...own, ...passedOnChanges(current, desired)].filter(({ verb }) => verb === 'REVOKE').map(({ privilege, grantee }) => `${privilege} TO ${grantee}`);
}

interface PassedOn extends PrivilegeChange {
  grantor: string;
}

/** Who could pass a right on and loses it takes it from those it was passed on to. A reading of before grantors were read says of none who gave it: who is to keep it gets it anew. */
function keptByOwner(current: Entries, desired: Entries): PrivilegeChange[] {
  const lost = privilegeChanges(current, desired).filter(({ verb, option }) => verb === 'REVOKE' && option).map(({ privilege }) => privilege);
  if (lost.length === 0) return [];
  const kept = { granted: desired.granted.filter((entry) => current.granted.includes(entry)), revoked: [] };
  return privilegeChanges({ granted: [], revoked: [] }, kept).filter(({ privilege }) => lost.includes(privilege));
}

/**
 * What others than the owner granted is granted and taken away in their name: nobody else can. It is taken away before the right to pass it on goes, and given
 * after that has come. Who loses that right takes it from all whom it was passed on to; what is to stay, from whomever, is given anew.
 */
function passedOnChanges(current: SchemaObject | null, desired: SchemaObject | null): PassedOn[] {
  const before = passedOn(current);
  // Where nobody said who granted it, what the loser passed on is among what the owner grants.
  const after = passedOn(desired).filter((entry) => !mayPassOn(current, entry) || mayPassOn(desired, entry));
  const going = before.filter((entry) => !after.includes(entry)).map((entry) => parsedPassedOn('REVOKE', entry));
  const lost = new Set([...privilegeChanges(entries(current), entries(desired)).filter(({ verb, option }) => verb === 'REVOKE' && option), ...going.filter(({ option }) => option)].map(({ privilege }) => privilege));
  const coming = after.map((entry) => ({ entry, change: parsedPassedOn('GRANT', entry) })).filter(({ entry, change }) => !before.includes(entry) || lost.has(change.privilege)).map(({ change }) => change);
  return [...givenInTurn(going, before).toReversed(), ...givenInTurn(coming, after)];
}

/** Whoever granted it has the right to, by what is granted on the same thing. */
function mayPassOn(side: SchemaObject | null, entry: string): boolean {
  const { privilege, grantor } = parsedPassedOn('GRANT', entry);
  return entries(side).granted.includes(`${privilege} TO ${grantor}${OPTION}`) || passedOn(side).map((each) => parsedPassedOn('GRANT', each)).some((each) => each.option && each.privilege === privilege && each.grantee === grantor);
}

/** Who got a right from the owner passes it on first, then those whom it was passed on to. */
function givenInTurn(changes: readonly PassedOn[], all: readonly string[]): PassedOn[] {
  const chain = all.map((entry) => parsedPassedOn('GRANT', entry));
  const depth = (change: PassedOn, seen: readonly PassedOn[]): number => Math.max(0, ...chain.filter((each) => each.option && each.privilege === change.privilege && each.grantee === change.grantor && !seen.includes(each)).map((each) => 1 + depth(each, [...seen, each])));
  return changes.map((change) => ({ change, depth: depth(change, []) })).toSorted((a, b) => a.depth - b.depth).map(({ change }) => change);
}

function passedOn(side: SchemaObject | null): readonly string[] {
  return side ? listOf(side, 'passedOn') : [];
}

function parsedPassedOn(verb: PrivilegeChange['verb'], entry: string): PassedOn {
  const [, privilege = '', grantee = '', grantor = '', option] = PASSED_ON.exec(entry) ?? [];
  return { verb, privilege, grantee, grantor, option: option !== undefined };
}

const ROLE = '(?:"(?:[^"]|"")*"|[^" ]+)';
const PASSED_ON = new RegExp(`^(.*?) TO (${ROLE}) BY (${ROLE})( WITH GRANT OPTION)?$`);

function entries(side: SchemaObject | null): Entries {
  return { granted: side ? listOf(side, 'granted') : [], revoked: side ? listOf(side, 'revoked') : [] };
}
