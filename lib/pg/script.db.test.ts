import { expect, test } from 'vitest';
import { diff } from '#lib/pipeline/diff.ts';
import { makeScript, scriptText } from '#lib/pipeline/script/script.ts';
import { freshDatabase } from '#lib/testing/database.ts';
import { introspect } from './introspect.ts';

/** The script that gives columns of the first types the second ones; run over one row with these values. */
async function retyped(columns: Readonly<Record<string, readonly [from: string, to: string, value: string]>>): Promise<unknown> {
  const side = async (at: 0 | 1) => {
    const client = await (await freshDatabase({ template: 'empty' })).client();
    await client.query(`create table t (${Object.entries(columns).map(([name, types]) => `${name} ${types[at]}`).join(', ')})`);
    return client;
  };
  const [current, desired] = [await side(0), await side(1)];
  await current.query(`insert into t values (${Object.values(columns).map(([, , value]) => value).join(', ')})`);
  const [before, after] = [await introspect(current), await introspect(desired)];
  await current.query(scriptText(makeScript(before, after, diff(before, after))));
  return (await current.query('select * from t')).rows[0];
}

test.each([
  ['text', 'varchar(3)', `'long'`],
  ['varchar(9)', 'char(3)', `'long'`],
  ['text[]', 'varchar(3)[]', `array['long']`],
  ['bit(8)', 'bit(4)', `b'11110001'`],
  ['text', 'bit varying(4)', `'11110001'`],
] as const)('a value of %s that is too long for %s stops the script and is not cut off', async (from, to, value) => {
  await expect(retyped({ c: [from, to, value] })).rejects.toThrow(/too long|does not match/);
});

test('values that fit are kept as they are', async () => {
  expect(await retyped({ a: ['text', 'varchar(3)', `'abc'`], b: ['text', 'char(3)', `'ab'`], c: ['bit(4)', 'bit varying(4)', `b'1010'`], d: ['text', 'uuid', `'a161a5cc-886a-48dc-be84-84d31e131d88'`] })).toEqual({ a: 'abc', b: 'ab ', c: '1010', d: 'a161a5cc-886a-48dc-be84-84d31e131d88' });
});
