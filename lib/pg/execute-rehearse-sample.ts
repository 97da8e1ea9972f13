import type { Client } from 'pg';
import { castGuardSql } from '#lib/pipeline/casts.ts';
import { ident, qualified } from '#lib/pipeline/ddl.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import type { Phase } from '#lib/pipeline/plan.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { listed } from '#lib/pipeline/words.ts';
import { sql } from '#lib/sql.ts';
import { keysToMeasure } from './measure-orphans.ts';
import { matchSql, missingParent, type KeyToMeasure } from './measure-orphans-sql.ts';
import { attempt, type Measuring, readShapes } from './measure-session.ts';

/** Rows that each table gives by itself, the first in the order of its key. */
export const SAMPLE_ROWS = 1_000;
/** Rows that are there for the sake of a finding: without a parent for a planned key, or with a value that does not cast. */
const FOUND_ROWS = 200;
/** Rows that fall with those. */
const LEVELS = 20;
/** Parents of parents may be many; a sample that is as large as this is none. */
const MOST_ROWS = 500_000;

/** A table of the target with the rows that are taken, by their place in it. */
export interface SampledRelation {
  relation: string;
  schema: string;
  name: string;
  estimate: number | null;
  readable: boolean;
  hidden: boolean;
  columns: readonly { name: string; type: string }[];
  key: readonly string[];
  chosen: Set<string>;
  /** Every row is in the sample, and so their number is known. */
  whole: boolean;
}

interface Link {
  child: string;
  parent: string;
  columns: readonly { child: string; parent: string; operator: string }[];
}

export interface Choice {
  relations: readonly SampledRelation[];
  /** What could not be looked for, in sentences. */
  missed: readonly string[];
}

/**
 * Which rows of the target go into a sample: of each table the first 1,000 by key; of what the phases will measure the rows without a parent for a planned key,
 * the rows that fall with them, and values that do not cast, at most 200 of a kind; and then the parents of all of these by every key that stands or is planned, until
 * none is missing. Rows are named by ctid, which holds as long as the transaction that the caller has begun (REPEATABLE READ). Lock: ACCESS SHARE on every table.
 * @throws Refused rehearsal_unfit where the reader does not see every table whole, or parents of parents are more than a sample.
 */
export async function chooseSample(client: Client, phases: readonly Phase[], serverVersion: number): Promise<Choice> {
  const { rows } = await client.query<Omit<SampledRelation, 'chosen' | 'whole'>>(sql('measure/sample_tables'));
  const blind = rows.filter((one) => !one.readable || one.hidden);
  if (blind.length > 0) throw new Refused('rehearsal_unfit', `The reader's credential cannot read ${listed(blind.slice(0, 3).map(tableKey))}${blind.length > 3 ? ' and others' : ''} whole, so that no sample can be taken.`);
  const relations = new Map(rows.map((one): [string, SampledRelation] => [one.relation, { ...one, chosen: new Set(), whole: false }]));
  for (const one of relations.values()) await chooseFirst(client, one);
  const { keys, missed } = await chooseFound(client, relations, phases, serverVersion);
  const links = (await client.query<Link>(sql('measure/sample_keys'))).rows;
  await chooseParents(client, relations, links, keys, serverVersion);
  return { relations: [...relations.values()], missed };
}

async function chooseFirst(client: Client, one: SampledRelation): Promise<void> {
  const order = one.key.length === 0 ? '' : ` ORDER BY ${one.key.map(ident).join(', ')}`;
  const { rows } = await client.query<{ place: string }>(`SELECT ctid::text AS place FROM ONLY ${qualified(one)}${order} LIMIT ${SAMPLE_ROWS + 1}`);
  one.whole = rows.length <= SAMPLE_ROWS;
  for (const { place } of rows.slice(0, SAMPLE_ROWS)) one.chosen.add(place);
}

interface Place {
  relation: string;
  place: string;
}

/** Looking for them reads whole tables; what takes too long is said, and the sample goes without. */
async function chooseFound(client: Client, relations: ReadonlyMap<string, SampledRelation>, phases: readonly Phase[], serverVersion: number): Promise<{ keys: KeyToMeasure[]; missed: string[] }> {
  const missed: string[] = [];
  const all: KeyToMeasure[] = [];
  const find = async (what: string, query: string, values: readonly unknown[] = []): Promise<Place[]> => {
    const answer = await attempt(client, () => client.query<Place>(`${query} LIMIT ${FOUND_ROWS}`, [...values]));
    if (!answer.ok) missed.push(`${what} could not be looked for: ${answer.why}.`);
    return answer.ok ? answer.value.rows.filter(({ relation, place }) => add(relations, relation, place)) : [];
  };
  for (const phase of phases) {
    const checks = phase.checks.flatMap((check) => (check.kind === 'orphans' ? [check] : []));
    const casts = phase.checks.flatMap((check) => (check.kind === 'casts' ? [check] : []));
    const shapes = await readShapes(client, checks.flatMap((check) => check.foreignKeys.flatMap((key) => [key.child, key.parent])));
    const measuring: Measuring = { client, phase, serverVersion, shapes, proven: new Map() };
    for (const check of checks) {
      const { keys } = await keysToMeasure(measuring, check);
      all.push(...keys);
      await chooseOrphans(keys, find, serverVersion);
    }
    for (const { table, casts: columns } of casts) {
      for (const { column, from, to } of columns) {
        const value = `c.${ident(column)}`;
        await find(`Values of ${tableKey(table)}.${column} that do not cast`, `SELECT c.tableoid::text AS relation, c.ctid::text AS place FROM ${qualified(table)} c WHERE ${value} IS NOT NULL AND NOT (${castGuardSql(value, from, to, serverVersion).fits})`);
      }
    }
  }
  return { keys: all, missed };
}

/** Rows without a parent, and those that refer to them, level by level. */
async function chooseOrphans(keys: readonly KeyToMeasure[], find: (what: string, query: string, values?: readonly unknown[]) => Promise<Place[]>, serverVersion: number): Promise<void> {
  let last: { key: KeyToMeasure; places: readonly Place[] }[] = [];
  for (const key of keys) last.push({ key, places: await find(`Rows without a parent by ${key.spec.id}`, `SELECT c.tableoid::text AS relation, c.ctid::text AS place FROM ${qualified(key.spec.child)} c WHERE ${missingParent(key, serverVersion)}`) });
  for (let level = 0; level < LEVELS && last.some(({ places }) => places.length > 0); level += 1) {
    const next: typeof last = [];
    for (const { key, places } of last) {
      for (const [relation, of] of Map.groupBy(places, (one) => one.relation)) {
        for (const below of key.next) {
          const query = `SELECT c.tableoid::text AS relation, c.ctid::text AS place FROM ${qualified(below.spec.child)} c JOIN ${qualified(below.spec.parent)} p ON ${matchSql(below, serverVersion)} WHERE p.tableoid = $1::oid AND p.ctid = ANY ($2::tid[])`;
          next.push({ key: below, places: await find(`Rows that fall with those of ${key.spec.id}`, query, [relation, of.map((one) => one.place)]) });
        }
      }
    }
    last = next;
  }
}

/** False: it was there already, or is no row of a table that is sampled. */
function add(relations: ReadonlyMap<string, SampledRelation>, relation: string, place: string): boolean {
  const one = relations.get(relation);
  if (!one || one.chosen.has(place)) return false;
  one.chosen.add(place);
  return true;
}

/** Every row brings its parents, those theirs, until no key is broken that is not broken in the target. */
async function chooseParents(client: Client, relations: ReadonlyMap<string, SampledRelation>, links: readonly Link[], keys: readonly KeyToMeasure[], serverVersion: number): Promise<void> {
  const byName = new Map([...relations.values()].map((one) => [tableKey(one), one]));
  const standing = links.flatMap((link) => {
    const [child, parent] = [relations.get(link.child), relations.get(link.parent)];
    return child && parent ? [{ child, parent, match: link.columns.map((column) => `p.${ident(column.parent)} ${column.operator} c.${ident(column.child)}`).join(' AND ') }] : [];
  });
  const planned = keys.flatMap((key) => {
    const [child, parent] = [byName.get(tableKey(key.spec.child)), byName.get(tableKey(key.spec.parent))];
    return child && parent ? [{ child, parent, match: matchSql(key, serverVersion) }] : [];
  });
  let fresh = new Map([...relations.values()].map((one) => [one.relation, [...one.chosen]]));
  while ([...fresh.values()].some((places) => places.length > 0)) {
    const found = new Map<string, string[]>();
    for (const { child, parent, match } of [...standing, ...planned]) {
      const places = fresh.get(child.relation) ?? [];
      if (places.length === 0 || parent.whole) continue;
      const { rows } = await client.query<{ place: string }>(`SELECT DISTINCT p.ctid::text AS place FROM ONLY ${qualified(child)} c JOIN ONLY ${qualified(parent)} p ON ${match} WHERE c.ctid = ANY ($1::tid[])`, [places]);
      const more = rows.map(({ place }) => place).filter((place) => add(relations, parent.relation, place));
      found.set(parent.relation, [...(found.get(parent.relation) ?? []), ...more]);
    }
    fresh = found;
    if ([...relations.values()].reduce((sum, one) => sum + one.chosen.size, 0) > MOST_ROWS) throw new Refused('rehearsal_unfit', `No sample can be taken: the parents of its rows, and theirs, are more than ${MOST_ROWS} rows.`);
  }
}
