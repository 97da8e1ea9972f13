import { ident, storageParameters } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import { listOf, relationOf, textOf } from '../kinds/relation.ts';
import { attachIndex } from '../kinds/table-index.ts';
import type { SchemaObject } from '../snapshot.ts';
import { action } from './create-action.ts';
import { joinKey, joinsLater } from './heirs.ts';
import { afterPartitions } from './incomplete.ts';
import { isMadeOverAll, partsBefore } from './index-over-all.ts';
import { attachKey, isKey } from './keys.ts';
import type { Action } from './order.ts';
import { RANK, rankOf } from './rank.ts';
import { refuse, type Scope, spoken } from './scope.ts';
import type { Side } from './side.ts';

/** On a partitioned table an index is made alone, and those of the partitions, by their own names, are attached to it: it ends valid. Attaching does nothing where it was found. */
export function indexActions(after: Side, index: SchemaObject): Action[] {
  const partitionOf = textOf(index, 'partitionOf');
  const partitioned = after.objects.get(index.parent ?? '')?.attributes.partitioned === true;
  const overAll = partitioned && isMadeOverAll(after, index);
  const own = kindOf('index').create({ ...index, attributes: { ...index.attributes, inherited: false } }, []).map(({ sql }) => (partitioned && !overAll ? sql.replace(` ON ${relationOf(index)} USING `, ` ON ONLY ${relationOf(index)} USING `) : sql));
  return [
    action(`create ${index.id}`, index, rankOf('index'), own, { after: overAll ? partsBefore(after, index) : partitioned && index.attributes.valid === false ? afterPartitions(after, index.parent ?? '') : [] }),
    ...(partitionOf === null ? [] : [action(`attach ${index.id}`, index, RANK.late, [attachIndex(index)], { creates: [`attached:${index.id}`], after: [`create ${index.id}`, `create ${partitionOf}`, `attach ${index.parent}`, joinKey(index.parent ?? ''), `create ${index.parent}`] })]),
  ];
}

/** The check of what is put under a table in the very words of the table's own, as long as that is the one that stands: another condition would be refused, though it means the same. */
function asWritten({ before, after, recreated }: Scope, check: SchemaObject, statements: readonly string[]): readonly string[] {
  const leader = after.leaders(check).flatMap((id) => (recreated.has(id) ? [] : (before.objects.get(id) ?? []))).find((one) => typeof one.aside?.written === 'string' && one.attributes.definition === check.attributes.definition);
  return leader ? kindOf('constraint').create({ ...check, attributes: { ...check.attributes, inherited: false, definition: leader.aside?.written ?? null } }, []).map(({ sql }) => sql) : statements;
}

/** A foreign key or check comes with the one of the table above it where that comes too; a key is made by itself, and attached. */
export function constraintActions(scope: Scope, ids: ReadonlySet<string>, constraint: SchemaObject): Action[] {
  const { after } = scope;
  const table = after.objects.get(constraint.parent ?? '');
  const partitionOf = textOf(constraint, 'partitionOf');
  const statements = kindOf('constraint').create({ ...constraint, attributes: { ...constraint.attributes, inherited: false } }, []);
  const rank = rankOf(statements[0]?.stage);
  const text = statements.map(({ sql }) => sql);
  const options = listOf(constraint, 'indexOptions');
  if (isKey(constraint) && (partitionOf !== null || table?.attributes.partitioned === true)) {
    const only = table?.attributes.partitioned === true ? text.filter((sql) => !sql.startsWith('ALTER INDEX ')).map((sql) => withParameters(sql.replace('ALTER TABLE ', 'ALTER TABLE ONLY '), options)) : text;
    return [
      action(`create ${constraint.id}`, constraint, rank, only, { after: constraint.attributes.valid === false ? afterPartitions(after, constraint.parent ?? '') : [] }),
      ...(partitionOf === null ? [] : [action(`attach ${constraint.id}`, constraint, rankOf('index'), [attachKey(constraint, partitionOf)], { creates: [`attached:${constraint.id}`], after: [`create ${constraint.id}`, `create ${partitionOf}`, `attach ${constraint.parent}`, joinKey(constraint.parent ?? '')] })]),
    ];
  }
  if (constraint.attributes.inherited !== true) return [action(`create ${constraint.id}`, constraint, rank, text, { after: attachmentsOf(after, after.needs(constraint.id).filter(isKeyId)).concat(constraint.attributes.validated === false ? after.followers(constraint.id).flatMap((id) => [`create ${after.objects.get(id)?.parent}`, ...(comesFirst(after, after.objects.get(id)) ? [`create ${id}`] : [])]) : []) })];
  const given = constraint.attributes.type === 'foreign key' && partitionOf !== null ? uppermost(after, ids, constraint) : constraint;
  if (given.name !== constraint.name) return isTaken(scope, constraint, given) ? [] : [renamedPart(after, constraint, given)];
  const newPartition = ids.has(constraint.parent ?? '') && table !== undefined && textOf(table, 'partitionOf') !== null;
  // What the parent's constraint brings along needs no statement; a partition must have its checks before it is attached.
  const joins = joinsLater(scope, constraint.parent) && !after.leaders(constraint).some((leader) => ids.has(leader));
  // An heir that declares it too would lose it with the parent's otherwise.
  const declared = constraint.attributes.local === true && table !== undefined && textOf(table, 'partitionOf') === null;
  const own = (newPartition || joins || declared) && constraint.attributes.type === 'check' ? asWritten(scope, constraint, text) : [];
  const parents = after.leaders(constraint).filter((leader) => ids.has(leader)).flatMap((leader) => after.objects.get(leader) ?? []);
  if (constraint.attributes.validated === true && (own.length === 0 || declared) && parents.some((parent) => parent.attributes.validated === false)) {
    const unenforced = constraint.attributes.enforced === false ? undefined : parents.find((parent) => parent.attributes.enforced === false);
    if (unenforced && !declared) refuse(scope, constraint.id, `${spoken(constraint)} is enforced, and comes with ${spoken(unenforced)}, which is not: which of its parents' it takes is the server's to say. Make the table without one of its parents first.`);
    // What it declares itself joins what came with the parent's only as long as neither is checked.
    return [action(`create ${constraint.id}`, constraint, rank, [...own.map((sql) => `${sql} NOT VALID`), `ALTER TABLE ${relationOf(constraint)} VALIDATE CONSTRAINT ${ident(constraint.name)}`], { after: parents.map((parent) => `create ${parent.id}`) })];
  }
  return [action(`create ${constraint.id}`, constraint, rank, own, { after: (own.length > 0 && !declared) || comesFirst(after, constraint) ? [] : after.leaders(constraint).map((leader) => `create ${leader}`) })];
}

/** A check that an heir enforces from now on, of rows that nobody asked, where its parent enforces none: behind the parent's it would count as asked. */
function comesFirst(after: Side, check: SchemaObject | undefined): boolean {
  if (check?.attributes.type !== 'check' || check.attributes.local !== true || check.attributes.enforced === false || check.attributes.validated !== false) return false;
  return after.leaders(check).some((id) => after.objects.get(id)?.attributes.enforced === false);
}

/** Another constraint of the partition is called as the one that this comes with: then the server invents a name, and each version another. */
function isTaken(scope: Scope, constraint: SchemaObject, given: SchemaObject): boolean {
  const other = (scope.after.children.get(constraint.parent ?? '') ?? []).find((child) => child.kind === 'constraint' && child.name === given.name);
  if (other) refuse(scope, constraint.id, `${spoken(constraint)} comes with ${spoken(given)}, whose name another constraint of the partition has: nobody knows how the server will call it. Give that one another name first.`);
  return other !== undefined;
}

/** Of the constraints that it comes with, the last that comes with it, or the one that stands. */
function uppermost(after: Side, ids: ReadonlySet<string>, constraint: SchemaObject): SchemaObject {
  const leader = after.objects.get(after.leaders(constraint)[0] ?? '');
  return leader === undefined ? constraint : ids.has(leader.id) ? uppermost(after, ids, leader) : leader;
}

/** A partition's foreign key comes with the partitioned table's, and is called as that. */
function renamedPart(after: Side, constraint: SchemaObject, given: SchemaObject): Action {
  const leader = after.leaders(constraint)[0] ?? '';
  const tables = [constraint.parent ?? '', after.objects.get(leader)?.parent ?? ''];
  return action(`create ${constraint.id}`, constraint, RANK.late, [`ALTER TABLE ${relationOf(constraint)} RENAME CONSTRAINT ${ident(given.name)} TO ${ident(constraint.name)}`], { after: [`create ${leader}`, `create ${given.id}`, ...tables.flatMap((id) => [`attach ${id}`, joinKey(id)])] });
}

/** The index of a partitioned table gets its parameters when it is made, or never. */
function withParameters(sql: string, options: readonly string[]): string {
  if (options.length === 0 || !sql.includes(' ADD CONSTRAINT ')) return sql;
  const tail = / (?:NOT )?DEFERRABLE(?: INITIALLY DEFERRED)?$/.exec(sql)?.[0] ?? '';
  return `${sql.slice(0, sql.length - tail.length)} WITH (${storageParameters(options)})${tail}`;
}

/** A foreign key leads to a key, or to a unique index. */
function isKeyId(id: string): boolean {
  return /^(?:constraint|index):/.test(id);
}

/** The key of a partitioned table can be referenced when those of all partitions are attached to it. */
function attachmentsOf(after: Side, keys: readonly string[]): string[] {
  const followers = keys.flatMap((id) => after.followers(id)).filter(isKeyId);
  return followers.length === 0 ? [] : [...followers.flatMap((id) => [`attach ${id}`, joinKey(after.objects.get(id)?.parent ?? '')]), ...attachmentsOf(after, followers)];
}
