import { expect, test } from 'vitest';
import { forwardForGood } from '#lib/testing/plan-proof.ts';
import { plan, sideOn } from '#lib/testing/chosen-plan.ts';

const TEXT = 'create table public.t (id integer primary key, s text);';
const ENUM = `create type public."st ate" as enum ('new', 'it''s'); create table public.t (id integer primary key, s public."st ate");`;

test.each([14, 18] as const)('on %i texts become values of an enum that comes in the same plan, and those that are none are shown', async (major) => {
  expect(await plan(TEXT, ENUM, undefined, `insert into public.t values (1, 'new'), (2, 'New'), (3, null)`, major)).toMatchObject({ outcome: 'blocked', why: expect.stringContaining('1 value') });
  const from = await sideOn(major, TEXT, `insert into public.t values (1, 'new'), (2, 'it''s'), (3, null)`);
  expect(await forwardForGood(from, await sideOn(major, ENUM), ['add:enum:public.st ate', 'change:column:public.t.s'])).toEqual([]);
  expect((await from.client.query('select s::text as s from public.t order by id')).rows).toEqual([{ s: 'new' }, { s: `it's` }, { s: null }]);
});
