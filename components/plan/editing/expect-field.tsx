'use client';
import { useEffect, useState } from 'react';
import { Choice, TextField } from '#components/ui/field.tsx';
import type { AnswerNowDto } from '#lib/dal/answer-now.ts';
import type { RefusedDto } from '#lib/dal/dto/answer.ts';
import { usePlace } from './editing.tsx';

type What = 'value' | 'rows' | 'any';

/** What an answer is compared with. `question`: one of the plan, which is asked now, so that a person has something to confirm. */
export function ExpectField({ question }: { question?: { stepId: string; statement: number } }) {
  const [what, setWhat] = useState<What>('rows');
  const [touched, setTouched] = useState(false);
  const now = useAnswerNow(question);
  const measured = now && !('refused' in now) ? now : null;
  // What a person has chosen or typed stays, whenever the answer comes.
  const shown = touched || !measured ? what : measured.value === null ? 'rows' : 'value';
  const choose = (next: What) => ({
    type: 'radio' as const, name: 'expect', value: next, checked: shown === next,
    onChange: () => {
      setTouched(true);
      setWhat(next);
    },
  });
  const found = measured === null ? '' : shown === 'rows' ? String(measured.value === null ? measured.rows : 1) : (measured.value ?? '');
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium">What must come out</legend>
      <Choice {...choose('rows')} label="a number of rows" />
      <Choice {...choose('value')} label="one value" hint="The query answers one row of one column; it is compared as text." />
      <Choice {...choose('any')} label="anything, to be read by a person" hint="The answer is kept in the record, and nothing is compared." />
      {shown === 'any' ? null : (
        <TextField
          key={`${shown} ${found}`}
          label={shown === 'rows' ? 'Number of rows' : 'Value'}
          name="value"
          defaultValue={found}
          onChange={() => {
            setTouched(true);
            setWhat(shown);
          }}
          required={shown === 'rows'}
          inputMode={shown === 'rows' ? 'numeric' : 'text'}
          mono
        />
      )}
      {question ? <p aria-live="polite" className="text-sm text-ink-muted">{nowText(now, found !== '')}</p> : null}
    </fieldset>
  );
}

function nowText(now: AnswerNowDto | RefusedDto | null, filled: boolean): string {
  if (now === null) return 'Asking what it answers now…';
  if ('refused' in now) return now.refused.sentence;
  const answer = now.value === null ? `${now.rows.toLocaleString('en-US')} ${now.rows === 1 ? 'row' : 'rows'}` : `“${now.value}”`;
  return `Measured on ${now.target} just now, before the plan: ${answer}. ${filled ? 'It is filled in as measured, not as expected: change it to what the step must find.' : 'Nobody expects that yet.'}`;
}

const NO_ANSWER: RefusedDto = { refused: { code: 'evidence_missing', sentence: 'What it answers now could not be asked.' } };

/** What the question answers on the target as it is; null while it is asked. */
function useAnswerNow(question: { stepId: string; statement: number } | undefined): AnswerNowDto | RefusedDto | null {
  const { planId, version } = usePlace();
  const address = question ? `/api/plans/${planId}/answer?${new URLSearchParams({ version: String(version), step: question.stepId, statement: String(question.statement) }).toString()}` : null;
  const [known, setKnown] = useState<{ address: string; answer: AnswerNowDto | RefusedDto } | null>(null);
  useEffect(() => {
    if (address === null) return;
    const gone = new AbortController();
    const told = (answer: AnswerNowDto | RefusedDto): void => {
      if (!gone.signal.aborted) setKnown({ address, answer });
    };
    fetch(address, { signal: gone.signal })
      .then(async (response) => told(response.ok || response.status === 409 ? ((await response.json()) as AnswerNowDto | RefusedDto) : NO_ANSWER))
      .catch(() => told(NO_ANSWER));
    return () => gone.abort();
  }, [address]);
  return known?.address === address ? known.answer : null;
}
