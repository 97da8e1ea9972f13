'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice } from '#components/ui/field.tsx';
import { count } from '#components/ui/format.ts';
import { decideDelta, withdrawDecision } from '#lib/actions/compare.ts';
import type { DecisionVerdict } from '#lib/pipeline/plan.ts';
import { AnswerForm } from './answer-form.tsx';
import { useSelection } from './selection.tsx';
import { useKey } from './use-keys.ts';
import { verdictWord } from './words.ts';

const VERDICTS: readonly { verdict: DecisionVerdict; hint: (current: string, desired: string) => string }[] = [
  { verdict: 'not_needed', hint: (current, desired) => `${current} shall not become like ${desired} here.` },
  { verdict: 'later', hint: (current, desired) => `${current} shall become like ${desired} here, but not with the next plan.` },
  { verdict: 'keep', hint: (current) => `What ${current} has is right and stays.` },
];

/** An answer to one difference or to several at once, with its reason. `byKey`: it is this one that the key opens. */
export function DecideButton({ name, ids, current, desired, what, byKey }: { name: 'decide' | 'decide-chosen'; ids: readonly string[]; current: string; desired: string; what: string; byKey: boolean }) {
  const sheet = useSheet(name);
  const { set } = useSelection();
  useKey((key) => {
    if (key === 'd' && byKey && ids.length > 0) sheet.onOpenChange(true);
  });
  const done = () => {
    sheet.onOpenChange(false);
    set(ids, '', false);
  };
  return (
    <Dialog
      {...sheet}
      title={`Decide ${count(ids.length, 'difference')}`}
      description={what}
      trigger={<Button disabled={ids.length === 0}>Decide…</Button>}
    >
      <AnswerForm action={decideDelta} hidden={{ current, desired, deltaId: ids }} onDone={done} word="Decision" example="not required, we use NextAuth">
        {VERDICTS.map(({ verdict, hint }) => (
          <Choice key={verdict} type="radio" name="verdict" value={verdict} required label={capital(verdictWord(verdict, current))} hint={hint(current, desired)} />
        ))}
      </AnswerForm>
    </Dialog>
  );
}

export function WithdrawDecision({ decisionId, name }: { decisionId: string; name: string }) {
  return (
    <ActionForm action={withdrawDecision} hidden={{ decisionId }}>
      <Submit look="quiet" size="sm" busy="Taking back…" aria-label={`Take back the decision on ${name}`}>
        Take back
      </Submit>
    </ActionForm>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
