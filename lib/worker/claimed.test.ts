import { describe, expect, test, vi } from 'vitest';
import { oneAtATimeUntil, surpriseSentence, teller } from './claimed.ts';

const written = (work: () => unknown): string[] => {
  const spy = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    work();
    return spy.mock.calls.map(([line]) => String(line));
  } finally {
    spy.mockRestore();
  }
};

describe('work that is claimed', () => {
  test('is carried out one at a time, and what breaks one keeps none of the others', async () => {
    const stop = new AbortController();
    const waiting = ['1', '2', '3'];
    const seen: string[] = [];
    let atOnce = 0;
    const spy = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await oneAtATimeUntil({
      what: 'count',
      claim: () => {
        const id = waiting.shift();
        if (id === undefined) stop.abort();
        return Promise.resolve(id === undefined ? null : { id });
      },
      carryOut: async ({ id }) => {
        atOnce += 1;
        expect(atOnce).toBe(1);
        await Promise.resolve();
        atOnce -= 1;
        seen.push(id);
        if (id === '2') throw new Error('odd');
      },
    }, stop.signal).finally(() => spy.mockRestore());
    expect(seen).toEqual(['1', '2', '3']);
  });

  test('names in its sentence the error id under which the log has the rest', () => {
    let sentence = '';
    const [line] = written(() => { sentence = surpriseSentence(new Error('odd'), 'count 7'); });
    const { errorId, doing } = JSON.parse(line ?? '{}') as { errorId: string; doing: string };
    expect(sentence).toBe(`It ended in a surprise of Countersign itself; error id ${errorId}.`);
    expect(doing).toBe('count 7');
  });
});

describe('a teller', () => {
  test('writes the newest that it was told, and tells nothing twice', async () => {
    const noted: string[] = [];
    const told = teller('nothing', (content) => Promise.resolve(noted.push(content) > 0));
    told.tell('first');
    told.tell('second');
    await vi.waitUntil(() => noted.length > 0);
    await told.stop();
    expect(noted).toEqual(['second']);
    expect(told.content()).toBe('second');
  });

  test('goes on where the control database does not answer, and ends where the work is another worker\'s', async () => {
    const answers = [() => Promise.reject(new Error('away')), () => Promise.resolve(false)];
    let looks = 0;
    const told = teller('', () => answers.shift()?.() ?? Promise.resolve(true), () => {
      looks += 1;
      if (looks > 1) told.tell(`look ${looks}`);
      return Promise.reject(new Error('away'));
    });
    await vi.waitUntil(() => !told.held());
    await told.stop();
    expect(answers).toEqual([]);
  });
});
