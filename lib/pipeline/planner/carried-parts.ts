import { ident, literal, qualified } from '../ddl.ts';
import { kindOf } from '../kinds/all.ts';
import { takesInAll } from '../kinds/publication.ts';
import { listOf } from '../kinds/relation.ts';
import type { Assertion, Statement } from '../plan.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import type { Conversion } from './convert-sql.ts';
import { columnsOf, constraintsOf, execute, indexesOf, tableName, text, type Workbench } from './input.ts';
import { spoken } from './names.ts';

// What belongs to a table beside columns, keys, indexes, sequences and triggers, and that a table made anew does not have by itself:
// policies, rules, extended statistics, publications, comments on its parts, settings of its indexes, the index that is its replica identity.

type Of = 'before' | 'after';

function partsOf(one: Conversion, of: Of, kind: SchemaObject['kind']): SchemaObject[] {
  return (of === 'before' ? one.beforeFamily : one.family).filter((object) => object.kind === kind).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What it is published by, each with the table's entry: columns and condition are said in it. */
function publishedBy(bench: Workbench, one: Conversion): { name: string; entry: string }[] {
  const plain = `ONLY ${qualified(one.live)}`;
  return bench.input.current.objects.filter((object) => object.kind === 'publication').flatMap((object) =>
    listOf(object, 'tables').filter((entry) => entry === plain || entry.startsWith(`${plain} `)).map((entry) => ({ name: object.name, entry })));
}

/** Columns that a publication names, in its list or its condition, and that are chosen to go: the new table cannot be published as the old one was. */
export function publishedColumnsGone(bench: Workbench, one: Conversion): { publication: string; column: string }[] {
  const gone = columnsOf(one.beforeFamily).filter((before) => !columnsOf(one.family).some((after) => after.name === before.name));
  return publishedBy(bench, one).flatMap(({ name }) => {
    const named = bench.input.current.dependencies?.[objectId('publication', name)] ?? [];
    return gone.filter((column) => named.includes(column.id)).map((column) => ({ publication: name, column: column.name }));
  });
}

/** Publications that take the table in by its schema, or by being a table: nothing is to be done. */
function publishedAnyway(bench: Workbench, one: Conversion): string[] {
  return bench.input.current.objects.filter((object) => object.kind === 'publication' && takesInAll(object, one.live.schema)).map((object) => object.name);
}

/** Every publication that sends its rows, by whatever way. */
export function publishedAs(bench: Workbench, one: Conversion): string[] {
  return [...publishedBy(bench, one).map(({ name }) => name), ...publishedAnyway(bench, one)];
}

/**
 * From the table that steps aside. A rule would answer what we write to keep it in step; a publication follows the table wherever it goes; statistics
 * have a name of their own, which the new table's take; a policy goes along with the old table, and goes from the new one, which has it again when it comes back.
 */
export function leaveParts(bench: Workbench, one: Conversion, of: Of): Statement[] {
  const table = qualified(one.live);
  const policies = of === 'after' ? partsOf(one, of, 'policy') : [];
  return [
    ...[...partsOf(one, of, 'rule'), ...policies].map((object) => execute(`drop ${object.kind} ${object.name} of the table that steps aside`, `DROP ${kindOf(object.kind).address(object)}`)),
    ...partsOf(one, of, 'statistics').map((object) => (of === 'before'
      ? execute(`keep the old statistics ${object.name}`, `ALTER ${kindOf('statistics').address(object)} SET SCHEMA ${ident(one.original.schema)}`)
      : execute(`drop the new statistics ${object.name}`, `DROP ${kindOf('statistics').address(object)}`))),
    ...publishedBy(bench, one).map(({ name }) => execute(`take ${one.live.name} out of publication ${name}`, `ALTER PUBLICATION ${ident(name)} DROP TABLE ONLY ${table}`)),
  ];
}

/** On the new table, which has just become the live one. */
export function bringParts(bench: Workbench, one: Conversion): Statement[] {
  const about = new Set([...partsOf(one, 'after', 'policy'), ...partsOf(one, 'after', 'rule'), ...partsOf(one, 'after', 'statistics'), ...constraintsOf(one.family), ...indexesOf(one.family)].map((object) => object.id));
  return [
    ...createdAnew(one, 'after', 'policy', 'rule', 'statistics'),
    ...partsOf(one, 'after', 'statistics').flatMap((object) => (typeof object.aside?.owner === 'string' ? [execute(`give ${object.name} its owner`, `ALTER ${kindOf('statistics').address(object)} OWNER TO ${ident(object.aside.owner)}`)] : [])),
    ...[...constraintsOf(one.family), ...indexesOf(one.family)].flatMap((object) => settingsOf(object)),
    ...replicaIdentity(bench, one),
    ...commentsOn(bench, about),
    ...publish(bench, one),
    ...takenFromOwner(bench, one),
  ];
}

/** On the old table, which has come back with all that was not taken from it. `keysAnew`: its foreign keys were dropped, and their comments with them. */
export function bringPartsBack(bench: Workbench, one: Conversion, keysAnew: boolean): Statement[] {
  const about = [...partsOf(one, 'before', 'rule'), ...(keysAnew ? constraintsOf(one.beforeFamily, 'foreign key') : [])];
  return [
    ...createdAnew(one, 'before', 'rule'),
    ...partsOf(one, 'before', 'statistics').map((object) => execute(`bring the old statistics ${object.name} back`, `ALTER ${kindOf('statistics').address({ ...object, schema: one.original.schema })} SET SCHEMA ${ident(object.schema)}`)),
    ...commentsOn(bench, new Set(about.map((object) => object.id))),
    ...publish(bench, one),
  ];
}

function createdAnew(one: Conversion, of: Of, ...kinds: SchemaObject['kind'][]): Statement[] {
  return kinds.flatMap((kind) => partsOf(one, of, kind)).flatMap((object) => kindOf(object.kind).create(object, []).map(({ sql }) => execute(`${object.kind} ${object.name} on ${one.live.name}`, sql)));
}

/** All that its kind says after the statement that makes it: parameters of the index of a key, statistics targets, the mark for CLUSTER. */
function settingsOf(object: SchemaObject): Statement[] {
  return kindOf(object.kind).create(object, []).slice(1).map(({ sql }) => execute(`settings of ${object.name}`, sql));
}

function replicaIdentity(bench: Workbench, one: Conversion): Statement[] {
  const index = replicaIndex(bench, one);
  return index === null ? [] : [execute(`replica identity of ${one.live.name}`, `ALTER TABLE ${qualified(one.live)} REPLICA IDENTITY USING INDEX ${ident(index)}`)];
}

/** The index that tells a subscriber which row is meant; null: another way than by an index. */
export function replicaIndex(bench: Workbench, one: Conversion): string | null {
  const table = bench.current.get(one.id);
  return table ? text(table, 'replicaIdentityIndex') : null;
}

/** An owner that may not do all that owners may: said at the very end, because it binds the copy too. */
function takenFromOwner(bench: Workbench, one: Conversion): Statement[] {
  return (bench.input.current.satellites ?? []).filter((object) => object.kind === 'grant' && object.attributes.target === one.id)
    .flatMap((object) => kindOf('grant').create(object, []).filter(({ sql }) => sql.startsWith('REVOKE ')).map(({ sql }) => execute(`take from the owner of ${one.live.name} what it did not have`, sql)));
}

export function commentsOn(bench: Workbench, ids: ReadonlySet<string>): Statement[] {
  return (bench.input.current.satellites ?? []).filter((object) => object.kind === 'comment' && ids.has(text(object, 'target') ?? ''))
    .flatMap((object) => kindOf('comment').create(object, []).map(({ sql }) => execute(`comment on ${String(object.attributes.on).toLowerCase().split(' ')[0] ?? ''} of ${spoken({ schema: object.schema, name: object.name })}`, sql)));
}

function publish(bench: Workbench, one: Conversion): Statement[] {
  return publishedBy(bench, one).map(({ name, entry }) => execute(`publish ${one.live.name} in ${name}`, `ALTER PUBLICATION ${ident(name)} ADD TABLE ${entry}`));
}

/** What the steps name, as the gate finds it. */
export function partNames(bench: Workbench, one: Conversion): string[] {
  const on = qualified(one.live);
  const comments = new Map((bench.input.current.satellites ?? []).filter((object) => object.kind === 'comment').map((object) => [String(object.attributes.on), text(object, 'text') ?? '']));
  const indexed = [...constraintsOf(one.beforeFamily, 'primary key', 'unique', 'exclusion'), ...indexesOf(one.beforeFamily)];
  const said = (address: string, name: string): string[] => (comments.has(address) ? [`${ident(name)}: ${comments.get(address) ?? ''}`] : []);
  return [
    ...[...partsOf(one, 'before', 'policy'), ...partsOf(one, 'before', 'rule')].map((object) => `${ident(object.name)} on ${on}`),
    ...partsOf(one, 'before', 'statistics').map((object) => qualified(tableName(object))),
    ...publishedBy(bench, one).map(({ name }) => `${on} in publication ${name}`),
    ...publishedAnyway(bench, one),
    ...constraintsOf(one.beforeFamily).flatMap((object) => said(kindOf('constraint').address(object), object.name)),
    ...indexed.flatMap((object) => said(`INDEX ${qualified({ schema: one.live.schema, name: object.name })}`, object.name)),
    ...indexed.filter((object) => object.attributes.clustered === true).map((object) => object.name),
  ];
}

/** Ids beside the table's own whose change since the signature is a movement. */
export function publicationIds(bench: Workbench, one: Conversion): string[] {
  return publishedBy(bench, one).map(({ name }) => objectId('publication', name));
}

/**
 * Under the lock, forward and back: a policy, rule, statistics object or publication that somebody made or took away since is not lost in silence. On the way back
 * it is named and stops it: the old table would come back without it.
 */
export function partsAssertion(bench: Workbench, one: Conversion, of: Of): Assertion {
  const published = publishedBy(bench, one).map(({ name }) => `publication ${name}`);
  const named = [...partsOf(one, of, 'policy'), ...partsOf(one, of, 'rule'), ...partsOf(one, of, 'statistics')].map((object) => `${object.kind} ${object.name}`);
  const table = `to_regclass(${literal(qualified(one.live))})`;
  return {
    label: `policies, rules, statistics and publications of ${spoken(one.live)}`,
    sql: [
      `SELECT coalesce(string_agg(part, ', ' ORDER BY part COLLATE "C"), 'none') FROM (`,
      `  SELECT 'policy ' || polname FROM pg_policy WHERE polrelid = ${table}`,
      `  UNION ALL SELECT 'rule ' || rulename FROM pg_rewrite WHERE ev_class = ${table}`,
      `  UNION ALL SELECT 'statistics ' || stxname FROM pg_statistic_ext WHERE stxrelid = ${table}`,
      `  UNION ALL SELECT 'publication ' || p.pubname FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = ${table}`,
      `) parts (part)`,
    ].join('\n'),
    expect: { from: 'literal', value: [...named, ...published].toSorted().join(', ') || 'none' },
  };
}

/** They stand on the new table. */
export function partsVerification(bench: Workbench, one: Conversion): Assertion[] {
  const expected = partsAssertion(bench, one, 'after');
  return expected.expect.from === 'literal' && expected.expect.value === 'none' ? [] : [expected];
}
