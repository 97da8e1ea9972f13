import { expect, test } from 'vitest';
import { diff } from '../diff.ts';
import type { Phase, Plan } from '../plan.ts';
import { objectId, type Attribute, type ObjectKind, type SchemaObject, type Snapshot } from '../snapshot.ts';
import { makePlan } from './make-plan.ts';

const ID = '7f3a1c52-0000-4000-8000-000000000001';
const KEEP = 'countersign_7f3a1c52';

function object(kind: ObjectKind, path: readonly string[], attributes: Record<string, Attribute>, parent: string | null = null): SchemaObject {
  return { id: objectId(kind, ...path), kind, schema: kind === 'publication' ? '' : (path[0] ?? ''), name: path.at(-1) ?? '', parent, position: kind === 'column' ? 1 : null, attributes, aside: { owner: 'boss' } };
}

function table(name: string, type: string, attributes: Record<string, Attribute> = {}): SchemaObject[] {
  const id = objectId('table', 'public', name);
  return [
    object('table', ['public', name], { persistence: 'permanent', partitioned: false, ...attributes }),
    object('column', ['public', name, 'id'], { type, nullable: false, default: null, identity: null, generated: null, collation: null }, id),
    object('constraint', ['public', name, `${name}_pkey`], { type: 'primary key', definition: 'PRIMARY KEY (id)', columns: ['id'], validated: true, deferrable: 'NOT DEFERRABLE' }, id),
  ];
}

function view(name: string, reads: string, more: Record<string, Attribute> = {}, schema = 'public'): SchemaObject {
  return object('view', [schema, name], { definition: `SELECT id FROM public.${reads}`, options: [], columns: ['id text'], columnDefaults: [], ...more });
}

function filled(name: string, reads: string): SchemaObject {
  return object('materialized_view', ['public', name], { definition: `SELECT id FROM public.${reads}`, options: [], accessMethod: null, columnSettings: [] });
}

/** `reads`: by name of the reader, what it reads. */
function snapshot(objects: readonly SchemaObject[], reads: Readonly<Record<string, readonly string[]>> = {}, satellites: readonly SchemaObject[] = []): Snapshot {
  const idOf = (name: string): string => objects.find((one) => one.name === name && one.kind !== 'column')?.id ?? name;
  return { target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'x', serverVersion: 150018 }, takenAt: '2026-01-01T00:00:00Z', objects, estimates: {}, notCompared: [], satellites, dependencies: Object.fromEntries(Object.entries(reads).map(([name, list]) => [idOf(name), list.map(idOf)])) };
}

/** Everything is chosen but what only the target has, unless `removals`. */
function planned(current: Snapshot, desired: Snapshot, beside: boolean, removals = false): Plan {
  const result = makePlan({ id: ID, name: 'p', target: 'prod', desired: 'dev', current, desiredSnapshot: desired, deltaIds: diff(current, desired).filter((delta) => removals || delta.change !== 'remove').map((delta) => delta.id), decisions: [], windowHours: 1, tolerance: { rowsPercent: 0 }, ...(beside ? { writePauseSeconds: -1 } : {}) });
  if (!result.ok) throw new Error(result.refusals.map((one) => one.sentence).join('\n'));
  return result.plan;
}

function phase(plan: Plan, id: string): Phase {
  const found = plan.phases.find((one) => one.id === id);
  if (!found) throw new Error(plan.phases.map((one) => one.id).join(', '));
  return found;
}

const sqlOf = (one: Phase): string[] => one.steps.flatMap((step) => step.statements.map((statement) => statement.sql));
const undoOf = (one: Phase): string[] => one.steps.toReversed().flatMap((step) => step.undo.map((statement) => statement.sql));
/** Places of the first statements that begin so. */
const places = (all: readonly string[], ...beginnings: readonly string[]): number[] => beginnings.map((beginning) => all.findIndex((sql) => sql.startsWith(beginning)));
const rising = (numbers: readonly number[]): boolean => numbers.every((number, i) => number >= 0 && (i === 0 || number > (numbers[i - 1] ?? 0)));

const WITH_VIEWS = snapshot([...table('t', 'text'), view('v', 't'), view('w', 'v')], { v: ['column:public.t.id', 't'], w: ['v'] });

test.each([[false, 'convert'], [true, 'convert-swap']])('views step aside from the outermost inwards before a table is locked, and are made anew when the new one has its name (beside: %s)', (beside, id) => {
  const swap = phase(planned(WITH_VIEWS, snapshot(table('t', 'uuid')), beside), id);
  expect(rising(places(sqlOf(swap), `ALTER VIEW public.w SET SCHEMA ${KEEP}`, `ALTER VIEW public.v SET SCHEMA ${KEEP}`, 'LOCK TABLE public.t', `ALTER TABLE ${KEEP}_new.t SET SCHEMA public`, 'CREATE VIEW public.v', 'CREATE VIEW public.w'))).toBe(true);
  expect(rising(places(undoOf(swap), `ALTER VIEW public.w SET SCHEMA ${KEEP}_new`, `ALTER VIEW public.v SET SCHEMA ${KEEP}_new`, 'LOCK TABLE public.t', `ALTER TABLE ${KEEP}.t SET SCHEMA public`, `ALTER VIEW ${KEEP}.v SET SCHEMA public`, `ALTER VIEW ${KEEP}.w SET SCHEMA public`, `DROP VIEW ${KEEP}_new.w`, `DROP VIEW ${KEEP}_new.v`))).toBe(true);
  expect(swap.steps.flatMap((step) => step.hazards).find((hazard) => hazard.code === 'BLOCKS_READS_AND_WRITES')?.sentence).toMatch(/Nobody can read or write .*\bw\b/);
  expect(swap.touches).toEqual(expect.arrayContaining(['table:public.t', 'view:public.v', 'view:public.w']));
  expect(swap.steps.flatMap((step) => step.locks).map((lock) => lock.table.name)).toEqual(expect.arrayContaining(['w', 'v', 't']));
});

test('the old views go at clean-up, before the tables that they read', () => {
  const cleanup = sqlOf(phase(planned(WITH_VIEWS, snapshot(table('t', 'uuid')), false), 'cleanup'));
  expect(rising(places(cleanup, `DROP VIEW ${KEEP}.w RESTRICT`, `DROP VIEW ${KEEP}.v RESTRICT`, `DROP TABLE ${KEEP}.t RESTRICT`))).toBe(true);
});

test('tables that one view reads change places together, though no key joins them', () => {
  const current = snapshot([...table('t', 'text'), ...table('u', 'text'), view('v', 't')], { v: ['t', 'u'] });
  const desired = snapshot([...table('t', 'uuid'), ...table('u', 'uuid')]);
  expect(planned(current, desired, false).phases.filter((one) => one.kind === 'convert').map((one) => one.title)).toEqual(['Convert types of t and u']);
  expect(planned({ ...current, dependencies: {} }, desired, false).phases.filter((one) => one.kind === 'convert')).toHaveLength(2);
});

test('a view that was chosen to change is made anew as it is wanted, once, with its owner; one that reads what comes only later is refused by name', () => {
  const desired = snapshot([...table('t', 'uuid'), view('v', 't', { definition: 'SELECT id FROM public.t WHERE true', columns: ['id uuid'] }), view('w', 'v')], { v: ['t'], w: ['v'] });
  const plan = planned(WITH_VIEWS, desired, false);
  expect(plan.phases.map((one) => one.id)).toEqual(['backup', 'convert', 'validate', 'cleanup']);
  expect(sqlOf(phase(plan, 'convert'))).toEqual(expect.arrayContaining([expect.stringContaining('WHERE true'), 'ALTER VIEW public.v OWNER TO boss']));
  const later = snapshot([...desired.objects, object('enum', ['public', 'mood'], { labels: ['a'] })], { v: ['t', 'mood'], w: ['v'] });
  expect(() => planned(WITH_VIEWS, later, false)).toThrow('The view v is chosen to change, and reads enum public.mood, which comes only after the conversion');
});

test('a view that is chosen to go steps aside and is not made anew; what reads it must go too', () => {
  const swap = phase(planned(WITH_VIEWS, snapshot([...table('t', 'uuid'), view('v', 't')], { v: ['t'] }), false, true), 'convert');
  expect(sqlOf(swap).filter((sql) => /VIEW public\.[vw]/.test(sql) && !sql.startsWith('ALTER VIEW public.v OWNER'))).toEqual([`ALTER VIEW public.w SET SCHEMA ${KEEP}`, `ALTER VIEW public.v SET SCHEMA ${KEEP}`, expect.stringContaining('CREATE VIEW public.v')]);
  expect(undoOf(swap)).toEqual(expect.arrayContaining([`ALTER VIEW ${KEEP}.w SET SCHEMA public`]));
  expect(() => planned(WITH_VIEWS, snapshot([...table('t', 'uuid'), view('w', 'v')], { w: ['v'] }), false, true)).toThrow('The view v is chosen to go, and w reads it');
});

test('a materialized view is filled where nobody waits, after the swap, and the views over it follow it; in one transaction it is made with the rest', () => {
  const current = snapshot([...table('t', 'text'), filled('m', 't'), view('over', 'm')], { m: ['t'], over: ['m'] });
  const plan = planned(current, snapshot(table('t', 'uuid')), true);
  const swap = phase(plan, 'convert-swap');
  expect(swap.steps.find((step) => step.work?.kind === 'swap')?.statements.map((statement) => statement.sql).join('\n')).not.toMatch(/VIEW public/);
  expect(swap.steps.slice(-2).map((step) => [step.title, step.locks.length])).toEqual([['Fill m from the new tables, beside the one that is in use', 0], ['Put the new m in its place', 2]]);
  expect(rising(places(sqlOf(swap), `CREATE MATERIALIZED VIEW ${KEEP}_new.m`, `ALTER VIEW public.over SET SCHEMA ${KEEP}`, `ALTER MATERIALIZED VIEW public.m SET SCHEMA ${KEEP}`, `ALTER MATERIALIZED VIEW ${KEEP}_new.m SET SCHEMA public`, 'CREATE VIEW public.over'))).toBe(true);
  expect(rising(places(sqlOf(phase(planned(current, snapshot(table('t', 'uuid')), false), 'convert')), `ALTER MATERIALIZED VIEW public.m SET SCHEMA ${KEEP}`, 'LOCK TABLE', 'CREATE MATERIALIZED VIEW public.m', 'CREATE VIEW public.over'))).toBe(true);
});

test('a view that reads a table through a materialized view and past it keeps the table in one transaction, with the reason', () => {
  const current = snapshot([...table('t', 'text'), filled('m', 't'), view('over', 'm')], { m: ['t'], over: ['m', 't'] });
  expect(phase(planned(current, snapshot(table('t', 'uuid')), true), 'convert').summary).toContain('it is planned so nevertheless, because the view over reads them both through a materialized view and past it.');
});

test('what belongs to the table is carried by name, so that an older plan that does not name it is still refused', () => {
  const id = 'table:public.t';
  const parts = [object('policy', ['public', 't', 'mine'], { permissive: true, command: 'ALL', roles: ['PUBLIC'], using: 'true', check: null }, id), object('rule', ['public', 't', 'tell'], { definition: 'CREATE RULE tell AS ON DELETE TO public.t DO ALSO NOTHING', enabled: 'origin' }, id)];
  const published = object('publication', ['p'], { allTables: false, tables: ['ONLY public.t (id) WHERE ((id IS NOT NULL))', 'ONLY public.t2'], schemas: [], publish: 'insert', viaRoot: false, generatedColumns: 'none' });
  const swap = phase(planned(snapshot([...table('t', 'text', { rowSecurity: true }), ...parts, published]), snapshot([...table('t', 'uuid', { rowSecurity: true }), ...parts, published], {}), false), 'convert');
  expect(swap.checks.find((check) => check.kind === 'dependents')).toMatchObject({ carried: ['mine on public.t', 'tell on public.t', 'public.t in publication p'] });
  expect(sqlOf(swap)).toEqual(expect.arrayContaining([
    `ALTER TABLE ${KEEP}_new.t ENABLE ROW LEVEL SECURITY`, 'CREATE POLICY mine ON public.t FOR ALL TO PUBLIC USING (true)', 'DROP RULE tell ON public.t', 'CREATE RULE tell AS ON DELETE TO public.t DO ALSO NOTHING',
    'ALTER PUBLICATION p DROP TABLE ONLY public.t', 'ALTER PUBLICATION p ADD TABLE ONLY public.t (id) WHERE ((id IS NOT NULL))',
  ]));
});

test('policies and rules of other tables are said once more in place, and their tables are locked with the others', () => {
  const policy = object('policy', ['public', 'o', 'of t'], { permissive: true, command: 'SELECT', roles: ['PUBLIC'], using: 'EXISTS (SELECT FROM public.t)', check: null }, 'table:public.o');
  const rule = object('rule', ['public', 'o', 'also'], { definition: 'CREATE RULE also AS ON DELETE TO public.o DO ALSO DELETE FROM public.t', enabled: 'origin' }, 'table:public.o');
  const current = snapshot([...table('t', 'text'), ...table('o', 'text'), policy, rule], { 'of t': ['t'], also: ['t'] });
  const swap = phase(planned(current, snapshot([...table('t', 'uuid'), ...table('o', 'text'), policy, rule]), false), 'convert');
  for (const all of [sqlOf(swap), undoOf(swap)]) {
    expect(all).toEqual(expect.arrayContaining(['LOCK TABLE public.o, public.t IN ACCESS EXCLUSIVE MODE', 'ALTER POLICY "of t" ON public.o USING (EXISTS (SELECT FROM public.t))', 'CREATE OR REPLACE RULE also AS ON DELETE TO public.o DO ALSO DELETE FROM public.t']));
  }
});

test('two views of one name would meet in the keep schema, and are refused by name', () => {
  const current = snapshot([...table('t', 'text'), view('v', 't'), view('v', 't', {}, 'reports')]);
  expect(() => planned({ ...current, dependencies: { 'view:public.v': ['table:public.t'], 'view:reports.v': ['table:public.t'] } }, snapshot(table('t', 'uuid')), false)).toThrow('Two of what is set aside while t are converted have the name v');
});
