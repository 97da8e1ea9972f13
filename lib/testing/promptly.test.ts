import { expect, test } from 'vitest';
import { promptly } from './promptly.ts';

/** A scene that takes these milliseconds, one after the other, of a second that it may. */
async function played(...took: number[]): Promise<{ left: number[]; said: string }> {
  const left = [...took];
  const said = await promptly((within) => Promise.resolve(within(1_000, left.shift() ?? 0))).then(() => 'in time', (error: Error) => error.message);
  return { left, said };
}

test('a scene that misses its time once or twice is played again, and one that is slow each time fails', async () => {
  expect(await played(900, 5_000)).toEqual({ left: [5_000], said: 'in time' });
  expect(await played(1_000, 1_100, 900, 5_000)).toEqual({ left: [5_000], said: 'in time' });
  expect(await played(1_000, 1_100, 1_200, 1)).toEqual({ left: [1], said: expect.stringContaining('expected 1200 to be less than 1000') });
});

test('what fails in a scene for another reason fails it at once', async () => {
  let plays = 0;
  await expect(promptly(() => Promise.reject(new Error(`odd ${(plays += 1)}`)))).rejects.toThrow('odd 1');
  expect(plays).toBe(1);
});
