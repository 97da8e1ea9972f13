import { parseSync } from 'libpg-query';
import { tableKey } from '../../expectation.ts';
import { families } from '../../planner/input.ts';
import { spoken } from '../../planner/names.ts';
import { objectId, type SchemaObject } from '../../snapshot.ts';
import { isNode, type Node, placeless } from '../../sql-facts/tree.ts';
import { firstOf } from '../../words.ts';
import type { LintRule, LintScene } from '../finding.ts';
import { type NamedTable, namesOf, readColumns } from '../names.ts';
import { comparableType, type SaidColumn } from '../said-columns.ts';
import { type Swap, swapsOf } from '../swaps.ts';
import { about, isWritten } from './plan-finding.ts';

/** What a text makes under a name that the desired database has, when the plan is done, compared with what that database has. */
const unlike: LintRule = {
  code: 'UNLIKE_DESIRED',
  about: 'A table that the plan makes is not what the desired database has under that name: columns, types, defaults, checks, keys, names of indexes.',
  look: (scene) => {
    const { desired } = scene.facts;
    if (!desired) return [];
    const names = namesOf(scene);
    const wanted = families(desired.objects);
    const swaps = new Map(swapsOf(scene).map((swap) => [swap.shadow.id, swap]));
    const there = new Set(desired.objects.flatMap((object) => (object.kind === 'table' ? [object.id] : [])));
    return names.happenings.flatMap((one) => {
      if (one.what !== 'made' || one.over || !isWritten(scene, one.statement)) return [];
      const swap = swaps.get(one.table.id);
      const at = swap ? stays(scene, swap) : names.end;
      const now = names.byId(at, one.table.id);
      const id = now ? objectId('table', now.table.schema, now.table.name) : '';
      if (!now || now.what !== 'table' || !there.has(id)) return [];
      const differences = compared(scene, at, now, wanted.get(id) ?? []);
      if (differences.length === 0) return [];
      const counts = now.columns ? ` (${now.columns.length} columns here, ${readColumns(wanted.get(id) ?? []).length} there)` : '';
      return [about(scene, 'UNLIKE_DESIRED', one.statement, {
        object: tableKey(now.table), severity: 'blocking', table: now.table,
        ...(swap ? { safer: 'engine_conversion' } : scene.facts.current && !scene.facts.current.objects.some((object) => object.id === id) ? { safer: 'engine_create' } : {}),
        sentence: `${spoken(now.table)} would not be what ${scene.plan.desired} has${counts}${firstOf(differences, differences.length, 5)}.`,
      })];
    });
  },
};

/** The last moment at which the new table has the name: behind it a text may say how to go back. */
function stays(scene: LintScene, swap: Swap): number {
  const names = namesOf(scene);
  return names.happenings.find((one) => one.what === 'renamed' && one.id === swap.shadow.id && one.at > swap.into.at)?.at ?? names.end;
}

function compared(scene: LintScene, at: number, now: NamedTable, family: readonly SchemaObject[]): string[] {
  return [...(now.columns ? comparedColumns(now.columns, readColumns(family)) : []), ...comparedParts(scene, at, now, family)];
}

function comparedColumns(said: readonly SaidColumn[], wanted: readonly SaidColumn[]): string[] {
  const mine = new Map(said.map((column) => [column.name, column]));
  const theirs = new Set(wanted.map((column) => column.name));
  return [
    ...wanted.filter((column) => !mine.has(column.name)).map((column) => `column ${column.name} is missing`),
    ...said.filter((column) => !theirs.has(column.name)).map((column) => `column ${column.name} is not there`),
    ...wanted.flatMap((column) => {
      const own = mine.get(column.name);
      return own ? differing(own, column) : [];
    }),
  ];
}

function differing(own: SaidColumn, wanted: SaidColumn): string[] {
  return [
    ...(comparableType(own.type) === comparableType(wanted.type) ? [] : [`${own.name} is ${own.type}, not ${wanted.type}`]),
    ...(own.nullable === wanted.nullable ? [] : [`${own.name} ${wanted.nullable ? 'may be null there' : 'may not be null there'}`]),
    ...(wanted.generated || own.generated || sameDefault(own.default, wanted.default) ? [] : [`${own.name} has ${own.default === null ? 'no' : 'another'} default`]),
  ];
}

/** `'pending'` as a text writes it and `'pending'::text` as the server does are one default. */
function sameDefault(own: Node | string | null, wanted: Node | string | null): boolean {
  if (own === null || wanted === null) return own === wanted;
  if (own === 'nextval') return typeof wanted === 'string' && wanted.startsWith('nextval(');
  return JSON.stringify(bareDefault(treeOf(own))) === JSON.stringify(bareDefault(treeOf(wanted)));
}

function treeOf(said: Node | string): unknown {
  if (typeof said !== 'string') return said;
  try {
    const tree: unknown = parseSync(`SELECT ${said}`).stmts?.[0]?.stmt;
    const target = isNode(tree) && isNode(tree.SelectStmt) ? tree.SelectStmt.targetList : undefined;
    const first: unknown = Array.isArray(target) ? target[0] : undefined;
    return isNode(first) && isNode(first.ResTarget) ? first.ResTarget.val : said;
  } catch {
    return said;
  }
}

/** Without places, casts of constants, and the schema of the server's own functions. */
function bareDefault(tree: unknown): unknown {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((one) => !(isNode(one) && isNode(one.String) && one.String.sval === 'pg_catalog')).map(strip);
    if (!isNode(value)) return value;
    if (isNode(value.TypeCast) && isNode(value.TypeCast.arg) && isNode(value.TypeCast.arg.A_Const)) return strip(value.TypeCast.arg);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, strip(inner)]));
  };
  return strip(placeless(tree));
}

function comparedParts(scene: LintScene, at: number, now: NamedTable, family: readonly SchemaObject[]): string[] {
  const names = namesOf(scene);
  const constraints = names.constraintsOf(at, now.id);
  const indexes = names.indexesOf(at, now.id).filter((index) => index.constraint === null);
  const wantedKeys = family.filter((object) => object.kind === 'constraint');
  const wantedIndexes = family.filter((object) => object.kind === 'index');
  // A check without a name gets one from its columns; as many as there are stand for the desired ones.
  const unnamedChecks = constraints.filter((one) => one.type === 'check' && !one.named).length;
  const checks = wantedKeys.filter((object) => object.attributes.type === 'check' && !constraints.some((one) => one.name === object.name));
  const keys = wantedKeys.filter((object) => object.attributes.type !== 'check' && !constraints.some((one) => one.name === object.name));
  return [
    ...checks.slice(unnamedChecks).map((object) => `check ${object.name} is missing`),
    ...keys.map((object) => {
      const twin = constraints.find((one) => one.type === object.attributes.type && one.columns.join(',') === String(object.attributes.columns));
      return twin ? `${twin.name} is called ${object.name} there` : `${String(object.attributes.type)} ${object.name} is missing`;
    }),
    ...wantedIndexes.filter((object) => !indexes.some((index) => index.name.name === object.name)).map((object) => {
      const twin = indexes.find((index) => index.columns?.join(',') === String(object.attributes.columns) && !wantedIndexes.some((other) => other.name === index.name.name));
      return twin ? `index ${twin.name.name} is called ${object.name} there` : `index ${object.name} is missing`;
    }),
  ];
}

export const UNLIKE_RULES: readonly LintRule[] = [unlike];
