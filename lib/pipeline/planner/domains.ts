import { castGuardSql } from '../casts.ts';
import { ident, qualified } from '../ddl.ts';
import type { Delta } from '../diff.ts';
import type { Check, Rule } from '../evidence.ts';
import { tableKey } from '../expectation.ts';
import { checkRule } from '../new-rule.ts';
import type { SchemaObject } from '../snapshot.ts';
import { columnsOf, list, primaryKeyOf, tableName, text, type Workbench } from './input.ts';
import { valueInRows } from './new-columns.ts';

/** A condition over a value, written `(VALUE …)`, that a domain asks from now on; null passes where it comes out as null. */
interface Asked {
  name: string;
  condition: string;
}

/** Of domains that ask more or get another base type: the rows with a value that does not keep it, in whatever table, also in arrays and in domains made of them. */
export function domainChecks(bench: Workbench, deltas: readonly Delta[]): Check[] {
  return deltas.filter(({ kind, change }) => kind === 'domain' && change === 'change').flatMap((delta) => {
    const asked = askedBy(bench, delta);
    if (asked.length === 0 || !delta.current) return [];
    const types = madeOf(bench, delta.current);
    return [...bench.currentFamily].flatMap(([id, family]): Check[] => {
      const object = bench.current.get(id);
      // The rows of a partitioned table are its partitions' rows.
      if (object?.kind !== 'table' || object.attributes.partitioned === true) return [];
      const table = tableName(object);
      const rules = columnsOf(family).filter((column) => types.has((text(column, 'type') ?? '').replace(/\[\]$/, ''))).flatMap((column) => asked.map((one): Rule => checkRule({ from: `ONLY ${qualified(table)}`, key: primaryKeyOf(family) }, `${column.name} as ${one.name}`, conditionOn(column, one), [column.name])));
      return rules.length === 0 ? [] : [{ id: `domain:${tableKey(table)}:${delta.objectId}`, kind: 'violations', table, rules }];
    });
  });
}

function askedBy(bench: Workbench, { current, desired }: Delta): Asked[] {
  if (!current || !desired) return [];
  const [from, to] = [text(current, 'type') ?? '', text(desired, 'type') ?? ''];
  const name = `${desired.schema}.${desired.name}`;
  if (from === to) return moreThan(current, desired);
  // Of values of types that people made nobody can say before they have it.
  return to.includes('.') || to.endsWith('[]') ? [] : [...readAs(name, to, bench.input.current.target.serverVersion), ...askedAs(current, desired, bench.input.current.target.serverVersion)];
}

function moreThan(current: SchemaObject, desired: SchemaObject): Asked[] {
  const name = `${desired.schema}.${desired.name}`;
  const more = list(desired, 'constraints').filter((one) => !list(current, 'constraints').includes(one)).map((one) => CONSTRAINT.exec(one)?.groups);
  const full = desired.attributes.nullable === false && current.attributes.nullable !== false ? [{ name: `${name} NOT NULL`, condition: '(VALUE IS NOT NULL)' }] : [];
  return [...full, ...more.flatMap((groups) => (groups ? [{ name: `${name} ${groups['name'] ?? ''}`, condition: groups['condition'] ?? '' }] : []))];
}

/** New columns of a domain that refuses what comes into the rows that are there: the server asks it of each of them. Nobody can say it of a domain that comes too, or of another value for each row. */
export function broughtChecks(bench: Workbench, deltas: readonly Delta[]): Check[] {
  return deltas.flatMap(({ kind, change, group, desired: column }): Check[] => {
    const object = bench.current.get(group);
    if (kind !== 'column' || change !== 'add' || !column || object?.kind !== 'table') return [];
    const [{ base, asked }, value] = [heldTo(bench, text(column, 'type') ?? ''), valueInRows(bench, column)];
    if (asked.length === 0 || value === null) return [];
    const [table, rows] = [tableName(object), { from: `(SELECT (${value})::${base} AS ${ident(column.name)} FROM ${qualified(tableName(object))} t) r`, key: [] }];
    return [{ id: `domain:${tableKey(table)}:${column.id}`, kind: 'violations', table, rules: asked.map((one) => checkRule(rows, `${column.name} as ${one.name}`, conditionOn(column, one), [column.name])) }];
  });
}

/** What the domain asks by then and what it is made of, down to a type that is no domain. */
function heldTo(bench: Workbench, type: string): { base: string; asked: readonly Asked[] } {
  const there = type.includes('.') ? [...bench.current.values()].find((one) => one.kind === 'domain' && qualified(one) === type) : undefined;
  const domain = bench.chosen.find(({ objectId: id }) => id === there?.id)?.desired ?? there;
  if (!domain) return { base: type, asked: [] };
  const below = heldTo(bench, text(domain, 'type') ?? '');
  const none = { ...domain, attributes: { ...domain.attributes, constraints: [], nullable: true } };
  return { base: below.base, asked: [...below.asked, ...moreThan(none, domain)] };
}

/** Those that are NOT VALID are asked of nothing that is there. */
const CONSTRAINT = /^(?<name>"(?:[^"]|"")*"|\S+) CHECK (?<condition>\(.*\))$/s;

/** Values go through text. What no condition decides is left to the step. */
function readAs(name: string, type: string, serverVersion: number): Asked[] {
  const { fits, unsure } = castGuardSql('VALUE::text', 'text', type, serverVersion);
  return unsure === 'true' || fits === 'true' ? [] : [{ name: `${name}, ${type} from now on`, condition: `(VALUE IS NULL OR ${fits})` }];
}

/** What the domain asks of its values as they will be in their new type; those that it does not take are counted by readAs(). */
function askedAs(current: SchemaObject, desired: SchemaObject, serverVersion: number): Asked[] {
  const type = text(desired, 'type') ?? '';
  const { fits, unsure } = castGuardSql('VALUE::text', 'text', type, serverVersion);
  const of = (condition: string) => condition.replaceAll(VALUE, (found) => (found === 'VALUE' ? `(VALUE::text::${type})` : found));
  return unsure === 'true' ? [] : moreThan({ ...current, attributes: { ...current.attributes, constraints: [] } }, desired).map(({ name, condition }) => ({ name, condition: condition === '(VALUE IS NOT NULL)' ? condition : `(CASE WHEN VALUE IS NULL OR ${fits} THEN ${of(condition)} ELSE true END)` }));
}

/** The domain and all that are made of it, as columns name them. */
function madeOf(bench: Workbench, domain: SchemaObject): ReadonlySet<string> {
  const types = new Set([qualified(domain)]);
  const domains = [...bench.current.values()].filter(({ kind }) => kind === 'domain');
  for (let before = 0; before < types.size; ) {
    before = types.size;
    for (const one of domains) if (types.has(text(one, 'type') ?? '')) types.add(qualified(one));
  }
  return types;
}

const VALUE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\bVALUE\b/g;

function conditionOn(column: SchemaObject, { condition }: Asked): string {
  const of = (value: string) => condition.replaceAll(VALUE, (found) => (found === 'VALUE' ? value : found));
  return text(column, 'type')?.endsWith('[]') ? `(NOT EXISTS (SELECT FROM pg_catalog.unnest(${ident(column.name)}) v WHERE NOT ${of('v')}))` : of(ident(column.name));
}
