import { expect, test } from 'vitest';
import type { Phase, Plan } from '#lib/pipeline/plan.ts';
import { answerUnderWay, measuringNow, underWay } from './under-way.ts';

const NAME = '0123456789abcdef'.repeat(2);
const rows = (name: string) => ({ id: name, kind: 'rows', table: { schema: 'public', name } }) as const;
const phases = [{ title: 'Back up', checks: [rows('a')] }, { title: 'Convert', checks: [rows('b'), rows('c')] }] as unknown as Phase[];
const plan = { target: 'prod', phases } as unknown as Plan;

function form(name: string): FormData {
  const made = new FormData();
  made.set('underWay', name);
  return made;
}

test('whoever waits for their own command reads how far it is, nobody else does, and afterwards there is nothing to read', async () => {
  const at = measuringNow(plan, phases[1] as Phase, 1);
  expect(at).toEqual({ target: 'prod', phase: { number: 2, of: 2, title: 'Convert' }, now: 'counts the rows of public.c', asked: 2, questions: 3 });
  await underWay('ada', form(NAME), async (tell) => {
    expect(answerUnderWay('ada', NAME).status, 'before it was told').toBe(204);
    tell(at);
    expect(await answerUnderWay('ada', NAME).json()).toEqual(at);
    expect(answerUnderWay('ben', NAME).status).toBe(204);
  });
  expect(answerUnderWay('ada', NAME).status).toBe(204);
});

test('a command that fails leaves nothing behind, and a name that no form gives is none', async () => {
  const at = measuringNow(plan, phases[0] as Phase, 0);
  const failing = async (tell: (now: typeof at) => void) => {
    tell(at);
    throw new Error('the target is gone');
  };
  await expect(underWay('ada', form(NAME), failing)).rejects.toThrow('the target is gone');
  expect(answerUnderWay('ada', NAME).status).toBe(204);
  await underWay('ada', form('../x'), async (tell) => {
    tell(at);
    expect(answerUnderWay('ada', '../x').status).toBe(204);
  });
});
