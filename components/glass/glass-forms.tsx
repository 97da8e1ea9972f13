'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, TextArea } from '#components/ui/field.tsx';
import { answerGlass, breakGlass } from '#lib/actions/break-glass.ts';

interface BreakGlassProps {
  planId: string;
  version: number;
  phaseId: string;
  number: number;
  digest: string;
  target: string;
}

export function BreakGlass({ planId, version, phaseId, number, digest, target }: BreakGlassProps) {
  const sheet = useSheet('break-the-glass', phaseId);
  return (
    <Dialog
      {...sheet}
      title={`Run phase ${number} without its signatures`}
      description={`It starts on ${target} now, if measurements and policy allow it. Everybody is told, and it stays on Home until another approver has answered for it.`}
      trigger={<Button look="quiet">Break the glass…</Button>}
    >
      <ActionForm action={breakGlass} hidden={{ planId, version, phaseId, digest }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <TextArea label="Why it cannot wait for a second person" name="reason" required maxLength={2000} />
        <div className="flex justify-end">
          <Submit look="danger" busy="Starting…">{`Run phase ${number} unsigned`}</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

export function AnswerGlass({ glassId, what, look }: { glassId: string; what: string; look: 'primary' | 'plain' }) {
  const sheet = useSheet('answer', glassId);
  return (
    <Dialog
      {...sheet}
      title={`Answer for ${what}`}
      description="It ran without its signatures. Read the phase and what came out; what you say stands in the log and in the report."
      trigger={<Button look={look} size="sm" aria-label={`Answer for ${what}`}>Answer…</Button>}
    >
      <ActionForm action={answerGlass} hidden={{ glassId }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <fieldset className="grid gap-1.5">
          <legend className="mb-1 font-medium">Having looked at it</legend>
          <Choice type="radio" name="verdict" value="countersigned" required label="I countersign it: I would have signed this" />
          <Choice type="radio" name="verdict" value="rejected" required label="I reject it" hint="Nothing is undone by this; rolling back is its own step." />
        </fieldset>
        <TextArea label="Comment" name="comment" maxLength={2000} hint="Needed when you reject it." />
        <div className="flex justify-end">
          <Submit busy="Answering…">Answer</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}
