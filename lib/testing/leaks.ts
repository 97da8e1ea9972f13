// Set-up file of the database tests: what a test leaves open fails it.
import { afterAll, afterEach, beforeEach } from 'vitest';
import { enter, sweep } from './database.ts';

beforeEach(() => enter('test'));

afterEach(async () => {
  const failures = await sweep('test');
  enter('file');
  if (failures.length > 0) throw new Error(failures.join('\n'));
});

afterAll(async () => {
  const failures = await sweep('file');
  if (failures.length > 0) throw new Error(failures.join('\n'));
});
