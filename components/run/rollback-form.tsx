'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { TextArea, TextField } from '#components/ui/field.tsx';
import { exactNumber } from '#components/ui/format.ts';
import { rollBackPhase } from '#lib/actions/runs.ts';

/** One press, with a reason; where rows would be lost, their number is typed. What is pressed is what was seen: the digest goes along. */
export function RollbackForm({ runId, digest, seenAt, numberToType }: { runId: string; digest: string; seenAt: string; numberToType: number | null }) {
  return (
    <ActionForm action={rollBackPhase} answersItself hidden={{ runId, digest, seenAt }} className="grid grid-cols-1 gap-4">
      <TextArea label="Reason" name="reason" required maxLength={2000} rows={2} />
      {numberToType === null ? null : (
        <TextField label={`Type the number of rows that the live tables would lose: ${exactNumber(numberToType)}`} name="typedNumber" required inputMode="numeric" autoComplete="off" />
      )}
      <div className="flex justify-end">
        <Submit look="danger" busy="Starting…">
          Roll back now
        </Submit>
      </div>
    </ActionForm>
  );
}
