import { Client } from 'pg';
import { expect, test } from 'vitest';
import { closeAtEnd, freshDatabase } from '#lib/testing/database.ts';
import { Parsers } from './parsers.ts';
import { answered, linesOf, type Question, rowsOf } from './questions.ts';

const ask = (client: Client, questions: readonly Question[]) => answered(client, questions, new Parsers());

test('of questions that are asked at once each gets its own rows, in their order, also where one has none', async () => {
  const client = await (await freshDatabase()).client('operator');
  const heard: string[] = [];
  await ask(client, [
    rowsOf<{ n: number }>('SELECT n FROM generate_series(1, 2) n;\n', ({ n }) => heard.push(`first ${n}`)),
    rowsOf('SELECT 1 WHERE false', () => heard.push('none')),
    linesOf(`SELECT n, 'a' FROM generate_series(3, 4) n`, (line) => heard.push(`copied ${line}`), () => heard.push('over')),
    linesOf('SELECT 1 WHERE false', () => heard.push('none'), () => heard.push('over, without a row')),
    rowsOf<{ word: string }>(`SELECT 'last' AS word`, ({ word }) => heard.push(word)),
  ]);
  expect(heard).toEqual(['first 1', 'first 2', 'copied 3\ta', 'copied 4\ta', 'over', 'over, without a row', 'last']);
});

test('what the server says against one, and what its reader throws, is thrown when all is over, and the session goes on', async () => {
  const client = await (await freshDatabase()).client('operator');
  const heard: string[] = [];
  await expect(ask(client, [linesOf('SELECT 1/(2 - n) FROM generate_series(1, 3) n', () => undefined), rowsOf('SELECT 1', () => heard.push('behind a failure'))])).rejects.toMatchObject({ code: '22012' });
  const impatient = linesOf('SELECT generate_series(1, 3)', () => { throw new Error('no such row'); }, () => heard.push('over'));
  await expect(ask(client, [impatient, rowsOf('SELECT 1', () => heard.push('behind what a reader threw'))])).rejects.toThrow('no such row');
  expect(heard).toEqual([]);
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a client with a limit of time hears all of a long answer, and gives up when it hears nothing for so long', async () => {
  const client = new Client({ connectionString: (await freshDatabase()).url('operator'), query_timeout: 600 });
  client.on('error', () => {});
  closeAtEnd(() => client.end());
  await client.connect();
  const heard: number[] = [];
  // More than the server keeps back.
  await ask(client, Array.from({ length: 5 }, () => rowsOf<{ text: string }>(`SELECT repeat('x', 20000) AS text, pg_sleep(0.3)`, ({ text }) => heard.push(text.length))));
  expect(heard).toEqual([20_000, 20_000, 20_000, 20_000, 20_000]);
  await expect(ask(client, [rowsOf('SELECT pg_sleep(2)', () => undefined)])).rejects.toThrow('Query read timeout');
});
