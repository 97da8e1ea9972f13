import { describe, expect, test } from 'vitest';
import { diff } from '../diff.ts';
import type { Phase } from '../plan.ts';
import { totalPrice } from '../rollback.ts';
import { objectId, type Attribute, type SchemaObject, type Snapshot } from '../snapshot.ts';
import { paperOf } from '../step-kinds/all.ts';
import { mentions, withColumn } from './columns-names.ts';
import { makePlan, type MakePlanInput } from './make-plan.ts';

type Needs = Readonly<Record<string, readonly string[]>>;

function snapshot(objects: readonly SchemaObject[], dependencies: Needs = {}): Snapshot {
  return { target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'x', serverVersion: 150018 }, takenAt: '2026-01-01T00:00:00Z', objects: [...objects], dependencies, estimates: {}, notCompared: [] };
}

function table(name: string, attributes: Record<string, Attribute> = {}): SchemaObject {
  return { id: objectId('table', 'public', name), kind: 'table', schema: 'public', name, parent: null, position: null, attributes: { persistence: 'permanent', partitioned: false, ...attributes } };
}

function part(kind: SchemaObject['kind'], of: string, name: string, attributes: Record<string, Attribute>, position: number | null = null): SchemaObject {
  return { id: objectId(kind, 'public', of, name), kind, schema: 'public', name, parent: objectId('table', 'public', of), position, attributes };
}

function column(of: string, name: string, type: string, position: number, more: Record<string, Attribute> = {}): SchemaObject {
  return part('column', of, name, { type, nullable: true, default: null, identity: null, generated: null, collation: null, ...more }, position);
}

function free(kind: SchemaObject['kind'], name: string, attributes: Record<string, Attribute> = {}): SchemaObject {
  return { id: objectId(kind, 'public', name), kind, schema: 'public', name, parent: null, position: null, attributes };
}

const key = (of: string, columns = ['id']) => part('constraint', of, `${of}_pkey`, { type: 'primary key', definition: `PRIMARY KEY (${columns.join(', ')})`, columns, validated: true, deferrable: 'NOT DEFERRABLE' });
const reference = (of: string, name: string, from: string, to: string, at = 'id') => part('constraint', of, name, { type: 'foreign key', definition: `FOREIGN KEY (${from}) REFERENCES public.${to}(${at})`, columns: [from], references: objectId('table', 'public', to), referencedColumns: [at], match: 'SIMPLE', onUpdate: 'NO ACTION', onDelete: 'NO ACTION', onDeleteColumns: [], deferrable: 'NOT DEFERRABLE', validated: true });
const bySlug = (using: string, more: Record<string, Attribute> = {}) => part('index', 'item', 'item_slug', { definition: `CREATE INDEX item_slug ON public.item USING ${using}`, using, unique: false, columns: ['slug'], ...more });

const item = (type: string, more: Record<string, Attribute> = {}) => [table('item'), column('item', 'id', 'integer', 1, { nullable: false }), column('item', 'slug', type, 2, more), column('item', 'note', 'text', 3), key('item')];
const line = [table('line'), column('line', 'id', 'integer', 1), column('line', 'item_id', 'integer', 2), key('line'), reference('line', 'line_item', 'item_id', 'item')];
const pair = (code: string, note: string) => [table('pair'), column('pair', 'id', 'integer', 1), column('pair', 'code', code, 2), column('pair', 'note', note, 3), key('pair', ['id', 'code'])];
const readers = (n: number) => Array.from({ length: n }, (_, i) => part('policy', 'item', `p${i}`, { using: 'true', check: null }));
const said = (sql: string, of = 'slug') => withColumn(sql, of, 'New');
const SLUG = 'column:public.item.slug';

interface Given {
  both?: readonly SchemaObject[];
  needs?: Needs;
  now?: readonly SchemaObject[];
  wanted?: readonly SchemaObject[];
  slug?: Record<string, Attribute>;
}

function planned(current: Snapshot, desired: Snapshot, more: Partial<MakePlanInput> = {}) {
  return makePlan({ id: '7f3a1c52-0000-4000-8000-000000000001', name: 'p', target: 'prod', desired: 'dev', current, desiredSnapshot: desired, deltaIds: diff(current, desired).map((delta) => delta.id), decisions: [], windowHours: 48, tolerance: { rowsPercent: 10 }, ...more });
}

function phases({ both = line, needs = {}, now = [], wanted = [], slug = {} }: Given, more: Partial<MakePlanInput> = {}): readonly Phase[] {
  const current = snapshot([...item('text', slug), ...both, ...now], needs);
  const desired = snapshot([...item('uuid', slug), ...both, ...wanted], needs);
  const result = planned(current, desired, more);
  if (!result.ok) throw new Error(result.refusals.map((one) => one.sentence).join('; '));
  return result.plan.phases;
}

const phase = (all: readonly Phase[], id: string): Phase => all.find((one) => one.id === id) ?? expect.fail(`no phase ${id} among ${all.map((one) => one.id).join(', ')}`);
const sqlOf = (one: Phase) => one.steps.flatMap((step) => paperOf(step).sql(step).map(({ sql }) => sql));

describe('a column beside the old one inside the table', () => {
  test('is chosen where a foreign key of another table would stay with the old table, and the plan says so', () => {
    const all = phases({});
    expect(all.map((one) => one.id)).toEqual(['backup', 'convert', 'convert-swap', 'validate', 'cleanup']);
    expect(phase(all, 'convert').summary).toMatch(/^The table stays and a new column takes the place of the old one inside it, because foreign key line_item knows item by its number and would stay with the old table if it were made anew\. /);
  });

  test('is chosen for eight readers where the pause would be too long, and for seven the table is filled beside', () => {
    expect(phase(phases({ both: readers(8) }, { writePauseSeconds: -1 }), 'convert').summary).toContain('8 views, policies, rules and publications depend on it: the table stays with all of them');
    expect(phase(phases({ both: readers(7) }, { writePauseSeconds: -1 }), 'convert').summary).toContain('the new tables are filled beside the live ones');
    expect(phases({ both: readers(8) }, { writePauseSeconds: 5 }).map((one) => one.id)).not.toContain('convert-swap');
  });

  test('is chosen wherever it can be when a person asked for it, and the plan keeps that it was asked', () => {
    const [current, desired] = [snapshot(item('text')), snapshot(item('uuid'))];
    const asked = planned(current, desired, { keepTables: true });
    expect(asked.ok && [asked.plan.keepTables, phase(asked.plan.phases, 'convert').summary]).toEqual([true, expect.stringMatching(/^The table stays and a new column takes the place of the old one inside it: that was asked for when the plan was made\./)]);
    const unasked = planned(current, desired);
    expect(unasked.ok && [unasked.plan.keepTables, unasked.plan.phases.map((one) => one.id)]).toEqual([undefined, ['backup', 'convert', 'validate', 'cleanup']]);
  });

  test('locks that table and nothing else, and under the lock nothing is copied, built or validated', () => {
    const swap = phase(phases({}), 'convert-swap').steps.find((step) => step.work?.kind === 'swap') ?? expect.fail('no swap');
    for (const [locks, statements] of [[swap.locks, swap.statements], [swap.undoLocks ?? [], swap.undo]] as const) {
      expect(locks).toEqual([{ mode: 'ACCESS EXCLUSIVE', table: { schema: 'public', name: 'item' } }]);
      expect(statements.map((one) => one.sql).filter((sql) => /\b(CREATE (UNIQUE )?INDEX|VALIDATE|INSERT INTO public|line)\b/.test(sql))).toEqual([]);
    }
    expect(swap.hazards.map((hazard) => hazard.code)).toEqual(['BLOCKS_READS_AND_WRITES', 'STALE_PLANS', 'COLUMN_ORDER']);
  });

  test('builds the indexes of the column again, concurrently and under names of its own, and drops the old column only at clean-up', () => {
    const all = phases({ both: [...line, bySlug('btree (slug, note) WHERE (slug IS NOT NULL)')] });
    expect(sqlOf(phase(all, 'convert'))).toContain('CREATE INDEX CONCURRENTLY countersign_7f3a1c52_new_item_slug ON public.item USING btree (countersign_7f3a1c52_new_slug, note) WHERE (countersign_7f3a1c52_new_slug IS NOT NULL)');
    const dropping = all.filter((one) => sqlOf(one).some((sql) => sql === 'ALTER TABLE public.item DROP COLUMN countersign_7f3a1c52_old_slug RESTRICT'));
    expect(dropping.map((one) => one.id)).toEqual(['cleanup']);
  });

  test('asks a new rule of the rows before the swap, not under it', () => {
    const swap = phase(phases({ slug: { nullable: false } }), 'convert-swap');
    const at = (pattern: RegExp) => swap.steps.findIndex((step) => step.statements.some((one) => pattern.test(one.sql)));
    expect([at(/CHECK \(countersign_7f3a1c52_new_slug IS NOT NULL\) NOT VALID/), at(/VALIDATE CONSTRAINT/), at(/ALTER COLUMN slug SET NOT NULL/)]).toEqual([1, 2, 3]);
  });

  test('does not promise a rollback of values that the old column cannot hold', () => {
    const swap = phase(phases({}), 'convert-swap');
    const price = (changed: number) => totalPrice(swap, '2026-01-01T00:00:00Z', [{ table: { schema: 'public', name: 'item' }, inserted: { provenance: 'exact', value: 0 }, changed: { provenance: 'exact', value: changed }, deleted: { provenance: 'exact', value: 0 } }]);
    expect([price(0).verdict, price(2).verdict]).toEqual(['lossless', 'loses']);
    expect(price(2).sentence).toBe('2 rows have a value that does not fit the old columns. The rollback stops at them and leaves the new columns in place: change them first.');
  });
});

const trigger = (definition: string, name = 'touch') => part('trigger', 'item', name, { definition: definition.replace('touch', name), enabled: 'origin' });
const publication = free('publication', 'feed', { allTables: true, tables: [], schemas: [] });

test.each<readonly [string, Given, string]>([
  ['a foreign key on the column', { both: [...line, table('word'), column('word', 'id', 'text', 1), key('word')], now: [reference('item', 'item_word', 'slug', 'word')] }, 'the foreign key item_word is on the column'],
  ['a foreign key of another table to the column', { both: [...line, table('tag'), column('tag', 'slug', 'text', 1), reference('tag', 'tag_slug', 'slug', 'item', 'slug')], needs: { 'constraint:public.tag.tag_slug': [SLUG] } }, 'constraint tag_slug names the column'],
  ['an identity column', { slug: { identity: 'ALWAYS' } }, 'item.slug is an identity or generated column'],
  ['a default that draws from a sequence', { both: [...line, free('sequence', 's')], needs: { 'default:public.item.slug': ['sequence:public.s'] } }, 'item.slug draws its numbers from a sequence'],
  ['a generated column over it', { needs: { 'default:public.item.note': [SLUG] } }, 'names the column, and would stay with the old one'],
  ['a policy over it', { both: [...line, part('policy', 'item', 'own', { using: 'true', check: null })], needs: { 'policy:public.item.own': [SLUG] } }, 'policy own names the column'],
  ['statistics over it', { both: [...line, { ...free('statistics', 'both', { definition: 'x' }), parent: 'table:public.item' }], needs: { 'statistics:public.both': [SLUG] } }, 'statistics both names the column'],
  ['a function over it', { both: [...line, free('function', 'slugs')], needs: { 'function:public.slugs': [SLUG] } }, 'function slugs names the column'],
  ['a materialized view over it', { both: [...line, free('materialized_view', 'm')], needs: { 'materialized_view:public.m': [SLUG] } }, 'materialized view m names the column'],
  ['a function of whole rows', { both: [...line, free('function', 'rows')], needs: { 'function:public.rows': ['table:public.item'] } }, 'function rows takes or gives whole rows of item'],
  ['a trigger for every update', { both: [...line, trigger('CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON public.item FOR EACH ROW EXECUTE FUNCTION public.touch()')] }, 'trigger touch would fire for every row of item that is filled'],
  ['a trigger that fires behind ours', { both: [...line, trigger('CREATE TRIGGER touch BEFORE INSERT ON public.item FOR EACH ROW EXECUTE FUNCTION public.touch()', 'zzz')] }, 'trigger zzz fires after the one that keeps both columns in step'],
  ['a publication', { both: [...line, publication] }, 'publication feed sends its rows'],
  ['an exclusion constraint', { both: [...line, part('constraint', 'item', 'apart', { type: 'exclusion', definition: 'EXCLUDE USING btree (slug WITH =)', columns: ['slug'], validated: true })] }, 'apart is an exclusion constraint'],
  ['an index with a function of its name', { both: [...line, bySlug('btree (slug(note))')] }, 'item_slug uses the word of the column for something else too'],
  ['a unique index that goes', { now: [bySlug('btree (slug)', { unique: true })] }, 'item_slug keeps the old column unique and is chosen to go'],
  ['another change of the table', { wanted: [column('item', 'more', 'text', 4)] }, 'column more of item is chosen to change in the same plan'],
  ['an heir', { both: [...line, table('heir', { inherits: ['table:public.item'] })] }, 'item is inherited from or inherits'],
])('%s is no column swap, and the plan says why not', (_what, given, sentence) => {
  const convert = phase(phases(given), 'convert');
  expect(convert.summary).toContain('A new column cannot take the place of the old one inside item instead, because');
  expect(convert.summary).toContain(sentence);
});

test('a table with a key of several columns is converted like any other, whichever of its columns changes', () => {
  for (const desired of [pair('text', 'uuid'), pair('uuid', 'text')]) {
    const result = planned(snapshot(pair('text', 'text')), snapshot(desired));
    expect(result.ok && phase(result.plan.phases, 'convert').title).toBe('Convert types of pair');
  }
});

test('the server’s text of an index is said of another column only where no word of it can mean something else', () => {
  expect(said(`btree (lower(slug), "slug" DESC) WHERE (note <> 'slug'::text)`)).toBe(`btree (lower("New"), "New" DESC) WHERE (note <> 'slug'::text)`);
  expect(said('btree (slugs, my_slug)')).toBe('btree (slugs, my_slug)');
  expect([said('btree (slug(note))'), said('btree ((slug.x))'), said('btree ((public.slug))'), said('CHECK ((note)::date > 1)', 'date')]).toEqual([null, null, null, null]);
  expect([mentions(`note <> 'slug'`, 'slug'), mentions('lower(slug)', 'slug'), mentions('"Slug"', 'Slug')]).toEqual([false, true, true]);
});
