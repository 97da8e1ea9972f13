import { beforeAll, describe, expect, test } from 'vitest';
import { introspect } from '#lib/pg/introspect.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { factsOf, planOf } from '#lib/testing/lint-scene.ts';
import type { Snapshot } from '../../snapshot.ts';
import { withAsks } from '../asks.ts';
import { lintPlan } from '../lint.ts';

const WORLD = `
  create table people (id int primary key, name text); create table orders (id int primary key, person int references people on delete cascade, total int);
  create table audit (what text); create table totals (person int, total int); create table quiet (id int); create table kept (id int, name text); create schema other; create table other.logs (id int);
  create view named as select id, name from people where name is not null; create view twice_named as select * from named; create view joined as select p.id from people p join orders o on o.person = p.id;
  create function note() returns trigger language plpgsql as $$ declare n int; begin n := 1; if n > 0 then insert into audit values (tg_op); end if; return coalesce(new, old); end $$;
  create function recount() returns trigger language plpgsql set search_path = other, public as $$ begin delete from totals where person = old.person; perform note_it('x'); execute 'select 1'; insert into logs values (1); return null; end $$;
  create function note_it(text) returns void language sql as $$ insert into public.audit values ($1) $$;
  create function purge(int) returns int language plpgsql as $$ begin delete from public.orders where total < $1; return 1; end $$;
  create function peek() returns bigint language sql as 'select count(*) from people';
  create function split() returns trigger language plpgsql as $$ begin delete from people where id = old.id; return old; end $$;
  create trigger noted after insert or update or delete on people for each row execute function note();
  create trigger recounted after delete on orders for each row execute function recount();
  create trigger sleeping after delete on orders for each row execute function note(); alter table orders disable trigger sleeping;
  create trigger splits instead of delete on joined for each row execute function split();
  create table deeper (id int primary key); create table deepest (of int references deeper on delete cascade);
  create function deep() returns trigger language plpgsql as $$ begin delete from deeper; return null; end $$; create function deepest() returns trigger language plpgsql as $$ begin update kept set name = 'x'; insert into deeper values (1); return null; end $$;
  create trigger goes_deeper after delete on totals for each row execute function deep(); create trigger at_the_end after delete on deepest for each row execute function deepest(); create trigger round after insert on deeper for each row execute function deep();
  create procedure tidy(int) language plpgsql as $$ begin call tidy_totals(); delete from orders where total < $1; end $$; create procedure tidy_totals() language sql as $$ delete from totals $$;
  create rule keep as on delete to quiet do instead insert into kept values (old.id, 'x'); create rule also as on update to kept do also delete from totals where person = old.id;`;

let current: Snapshot;
beforeAll(async () => {
  const database = await freshDatabase();
  const operator = await database.client('operator');
  await operator.query(WORLD);
  current = await introspect(operator);
});

async function said(...sql: string[]) {
  const facts = factsOf({ current });
  const plan = await withAsks(planOf(...sql), facts);
  const [phase] = plan.phases;
  const found = (await lintPlan(plan, facts)).filter(({ code }) => ['THROUGH_VIEW', 'RULE_REWRITES', 'TRIGGER_FIRES', 'HIDDEN_SQL'].includes(code));
  return { phase, sentences: found.map(({ sentence }) => sentence).toSorted(), counted: phase?.checks.flatMap((check) => (check.kind === 'rows' ? [`${check.table.name}: ${check.instead ?? 'all'}`] : check.kind === 'matched' ? check.tables.flatMap((one) => (one ? [`${one.table.name} matched`] : [])) : [])) };
}

const NOTED = 'The trigger noted of people runs note(), which inserts into audit; those rows are in no number here.';
const RECOUNTED = 'The trigger recounted of orders runs recount(), which deletes from totals and inserts into other.logs and audit, and runs more than can be read off its text; those rows are in no number here.';
/** What is fired for rows that triggers of totals write, by keys as well, to where it comes round. */
const CHAIN = [
  'The trigger goes_deeper of totals runs deep(), which deletes from deeper; those rows are in no number here.',
  'The trigger at_the_end of deepest runs deepest(), which updates kept and inserts into deeper; those rows are in no number here.',
  'The trigger round of deeper runs deep(), which deletes from deeper; those rows are in no number here.',
];

describe('what stands between a statement and its rows', () => {
  test('triggers of tables that triggers write are followed to where they come round, and their functions are signed', async () => {
    const { phase, sentences } = await said('DELETE FROM totals WHERE total = 0');
    expect(sentences).toEqual(CHAIN.toSorted());
    expect(phase?.touches).toEqual(expect.arrayContaining(['table:public.deepest', 'table:public.kept', 'function:public.deep()', 'function:public.deepest()']));
  });

  test('a procedure that is called is read as a function is, with those that it calls', async () => {
    const { phase, sentences, counted } = await said('CALL tidy(5)');
    expect(sentences).toContain('tidy() deletes from orders and totals; their definitions are part of what is signed. A rehearsal shows what it locks and takes.');
    expect(phase).toMatchObject({ destructive: true });
    expect(phase?.touches).toEqual(expect.arrayContaining(['table:public.totals', 'procedure:public.tidy(integer)']));
    expect(counted).toEqual(['totals: tidy() says which', 'orders: tidy() says which']);
  });

  test('an UPDATE whose rows cannot be counted says so where another statement’s number is typed', async () => {
    const facts = factsOf({ current });
    const uncounted = async (...sql: string[]) => (await lintPlan(await withAsks(planOf(...sql), facts), facts)).flatMap(({ code, sentence }) => (code === 'CHANGE_UNCOUNTED' ? [sentence] : []));
    expect(await uncounted("DELETE FROM quiet WHERE id = 1", 'DELETE FROM totals WHERE total = 1', "UPDATE named SET name = upper(name) WHERE id < 10", 'UPDATE people SET name = upper(name) WHERE id < 10')).toEqual(['How many rows this changes is in no number here: it goes through the view named.']);
    expect(await uncounted("UPDATE named SET name = 'x' WHERE id < 10")).toEqual([]);
  });

  test('a view is resolved to its table, through other views as well', async () => {
    const { phase, sentences, counted } = await said("DELETE FROM twice_named WHERE name LIKE 'a%'");
    expect(sentences.filter((one) => one.includes('view'))).toEqual(['named is a view: the rows of people are what changes.', 'twice_named is a view: the rows of named are what changes.']);
    expect(counted).toEqual(['people: it goes through the view twice_named', 'orders: it goes through the view twice_named']);
    expect(phase).toMatchObject({ destructive: true, pointOfNoReturn: true });
    expect(phase?.touches).toEqual(expect.arrayContaining(['table:public.people', 'table:public.orders', 'table:public.audit', 'function:public.note()']));
    expect(await said('UPDATE named SET name = upper(name)')).toMatchObject({ counted: ['people: it goes through the view named'], phase: { destructive: false } });
  });

  test('a trigger instead of a view’s rows says what it does, and its tables are counted', async () => {
    const { phase, sentences, counted } = await said('DELETE FROM joined WHERE id = 1');
    expect(sentences).toEqual(['The trigger splits of joined runs split() instead of this statement, which deletes from people.', NOTED, RECOUNTED, ...CHAIN].toSorted());
    expect([phase?.destructive, counted]).toEqual([true, ['people: the trigger splits runs in its place', 'orders: the trigger splits runs in its place']]);
  });

  test('a rule puts its own statements in the place of one, or beside it', async () => {
    const instead = await said('DELETE FROM quiet WHERE id = 1');
    expect(instead.sentences).toEqual(['The rule keep of quiet runs instead of this statement: it inserts into kept.']);
    expect(instead.phase).toMatchObject({ destructive: false });
    const beside = await said('UPDATE kept SET name = name || id');
    expect(beside.sentences).toEqual([...CHAIN, 'The rule also of kept runs beside this statement: it deletes from totals.'].toSorted());
    expect([beside.phase?.destructive, beside.counted]).toEqual([true, ['totals: the rule also says what happens']]);
  });

  test('triggers of the table, and of those that its keys reach, are named with function and tables; one that is switched off is not', async () => {
    const { phase, sentences } = await said('DELETE FROM people WHERE id = 1');
    expect(sentences).toEqual([NOTED, RECOUNTED, ...CHAIN].toSorted());
    expect(phase?.touches).toEqual(expect.arrayContaining(['table:public.audit', 'function:public.note()', 'table:public.deepest', 'function:public.recount()', 'function:public.deepest()']));
    expect((await said("INSERT INTO people VALUES (1, 'a')")).sentences).toHaveLength(1);
    expect((await said('INSERT INTO orders VALUES (1, 1, 1)')).sentences).toEqual([]);
  });

  test('what a function that a query calls writes is signed, and counted where rows go', async () => {
    const { phase, sentences, counted } = await said('SELECT purge(5)');
    expect(sentences).toEqual(['purge() deletes from orders; their definitions are part of what is signed. A rehearsal shows what it locks and takes.', RECOUNTED, ...CHAIN].toSorted());
    expect(phase).toMatchObject({ destructive: true, touches: expect.arrayContaining(['table:public.orders', 'table:public.totals', 'function:public.purge(integer)', 'function:public.recount()']) });
    expect(counted).toEqual(['orders: purge() says which']);
    expect(await said('SELECT peek()')).toMatchObject({ phase: { destructive: false, touches: ['table:public.people', 'function:public.peek()'] }, sentences: ['peek() writes no other table; no table of it is part of what is signed. A rehearsal shows what it locks and takes.'] });
  });
});
