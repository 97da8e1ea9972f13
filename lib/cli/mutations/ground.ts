import { ident, literal } from '#lib/pipeline/ddl.ts';
import type { Thing } from './inventory.ts';
import type { Chance } from './random.ts';

/** Roles that mutations name; they must be there before. */
export const MUTATION_ROLES: readonly string[] = ['mutation_reader', 'mutation_writer', 'Mutation Owner'];

const TYPES = ['integer', 'bigint', 'smallint', 'text', 'character varying(40)', 'numeric(12,2)', 'boolean', 'date', 'timestamp with time zone', 'uuid', 'jsonb', 'bytea', 'text[]', 'integer[]', 'inet', 'character(3)', 'double precision', 'interval', 'int4range', 'tsvector', 'bit varying(9)', '"char"', 'name', 'timestamp(3) without time zone'];

const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  integer: ['0', '-1', '(1 + 2)', `length('abc')`], bigint: ['0', `'-9223372036854775808'::bigint`], smallint: ['7'], text: [`''`, `'it''s'`, `'back\\slash'`, `upper('x')`, 'CURRENT_USER', `E'line\\nbreak'`], 'character varying(40)': [`'v'`], 'numeric(12,2)': ['0.00', '-1.5'],
  boolean: ['true', 'false', '(1 > 2)'], date: ['CURRENT_DATE', `'2020-02-29'`], 'timestamp with time zone': ['now()', `(now() + '1 day'::interval)`], uuid: ['gen_random_uuid()'], jsonb: [`'{}'`, `jsonb_build_object('a', 1)`], 'text[]': [`'{}'`, `ARRAY['a','b']`], 'integer[]': ['ARRAY[1,2]'], inet: [`'10.0.0.1'`], interval: [`'1 day'`], int4range: [`'[1,2)'`],
};

/** What a mutation is made from: what is there, and chance. */
export class Ground {
  readonly chance: Chance;
  readonly things: readonly Thing[];
  readonly #number: number;

  constructor(chance: Chance, things: readonly Thing[], number: number) {
    this.chance = chance;
    this.things = things;
    this.#number = number;
  }

  of(...kinds: string[]): Thing[] {
    return this.things.filter((thing) => kinds.includes(thing.kind));
  }

  one(...kinds: string[]): Thing | null {
    return this.chance.one(this.of(...kinds));
  }

  /** An ordinary table or partitioned one, more often not a partition. */
  table(): Thing | null {
    const all = this.of('table');
    const roots = all.filter((table) => !table.flags.includes('partition'));
    return this.chance.one(this.chance.often(0.8) && roots.length > 0 ? roots : all);
  }

  columnsOf(address: string): Thing[] {
    return this.things.filter((thing) => thing.kind === 'column' && thing.parent === address);
  }

  /** A table and one of its columns. */
  column(): { table: Thing; column: Thing } | null {
    const table = this.table();
    const column = table ? this.chance.one(this.columnsOf(table.address)) : null;
    return table && column ? { table, column } : null;
  }

  pick(...texts: string[]): string {
    return this.chance.one(texts) ?? '';
  }

  role(): string {
    return ident(this.pick(...MUTATION_ROLES));
  }

  schema(): string {
    return this.one('schema')?.address ?? 'public';
  }

  /** A name that is new, now and then one that is hard to quote or as long as can be. */
  name(): string {
    const base = `m${this.#number}_${this.chance.below(1000)}`;
    if (this.chance.often(0.7)) return base;
    return ident(this.pick(`${base} with spaces`, `Upper_${base}`, `dot.${base}`, `quote"${base}`, `größe_${base}`, `select_${base}`, `${base}_${'x'.repeat(62 - base.length)}`, `${base}'s`, `$${base}`, `back\\${base}`));
  }

  newName(): string {
    return `${this.schema()}.${this.name()}`;
  }

  /** A type that a column can have, often one of the user's. */
  type(): string {
    const own = this.of('enum', 'domain', 'range', 'composite');
    const user = this.chance.often(0.3) ? this.chance.one(own) : null;
    if (user) return this.chance.often(0.2) ? `${user.address}[]` : user.address;
    return this.pick(...TYPES);
  }

  /** A default that the type takes; null when none is known. */
  valueOf(type: string): string | null {
    const enumType = this.of('enum').find((each) => each.address === type || `${each.schema}.${each.name}` === type || each.name === type);
    if (enumType) return `${literal(this.pick(...enumType.type.split(',')))}::${type}`;
    const immutable = this.chance.often(0.15) ? this.chance.one(this.of('function').filter((each) => each.type === type && each.address.endsWith('()'))) : null;
    if (immutable) return immutable.address;
    if (['integer', 'bigint'].includes(type) && this.chance.often(0.2)) {
      const sequence = this.one('sequence');
      if (sequence) return `nextval(${literal(sequence.address)}::regclass)`;
    }
    return this.chance.one(DEFAULTS[type] ?? []);
  }

  /** A check over a column. */
  checkOf(column: Thing): string {
    const calls = this.of('function').filter((each) => each.flags.startsWith('immutable') && each.type === 'boolean' && each.address.endsWith(`(${column.type})`));
    const call = this.chance.often(0.5) ? this.chance.one(calls) : null;
    if (call) return `${call.address.slice(0, call.address.lastIndexOf('('))}(${column.address})`;
    return this.pick(`${column.address} IS NOT NULL`, `${column.address} IS DISTINCT FROM NULL AND true`, `(${column.address})::text <> 'forbidden'`, `(${column.address})::text IN ('a', 'b', 'c')`, `length((${column.address})::text) BETWEEN 1 AND 90`, `(${column.address})::text ~ '^[a-z]' OR ${column.address} IS NULL`);
  }
}
