'use client';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, TextArea, TextField } from '#components/ui/field.tsx';
import { count, exactNumber } from '#components/ui/format.ts';
import { approvePhases } from '#lib/actions/review.ts';
import type { Signable } from './signable.ts';
import { Gone, Left, RowWords } from './signed.tsx';

/** Every phase that the viewer may sign now, spelled out; each is signed as if alone. Nothing to see where there are fewer than two. */
export function ApproveSeveral({ planId, version, signable }: { planId: string; version: number; signable: readonly Signable[] }) {
  const sheet = useSheet('approve-several');
  const [left, setLeft] = useState<readonly string[]>([]);
  if (signable.length < 2) return null;
  const chosen = signable.filter((phase) => !left.includes(phase.id));
  const toggle = (id: string) => setLeft((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]));
  return (
    <Dialog
      {...sheet}
      form="sheet"
      title={`Approve ${count(chosen.length, 'phase')}`}
      description="Each is signed on its own, forward and back, over what was measured of it. A phase that moved in the meantime is not signed."
      trigger={<Button>{`Approve ${signable.length} phases…`}</Button>}
    >
      <ActionForm action={approvePhases} hidden={{ planId, version }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <ol className="border-t border-line">
          {signable.map((phase) => (
            <One key={phase.id} phase={phase} chosen={chosen.includes(phase)} onToggle={() => toggle(phase.id)} />
          ))}
        </ol>
        <TextArea label="Comment (optional)" name="comment" maxLength={2000} rows={2} />
        <div className="sticky bottom-0 -mx-1 flex justify-end border-t border-line bg-surface px-1 py-3">
          <Submit busy="Signing…" disabled={chosen.length === 0}>{`Approve ${count(chosen.length, 'phase')}`}</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

function One({ phase, chosen, onToggle }: { phase: Signable; chosen: boolean; onToggle: () => void }) {
  return (
    <li className="grid gap-2 border-b border-line py-3">
      <Choice
        checked={chosen}
        onChange={onToggle}
        label={
          <span className="font-medium">
            {phase.number} {phase.title}
          </span>
        }
        hint={phase.about}
      />
      {phase.stays.length + phase.gone.length + phase.aboutRows.length > 0 ? (
        <ul className="pl-6 text-sm">
          {phase.stays.length > 0 ? <Left titles={phase.stays} /> : null}
          {phase.gone.length > 0 ? <Gone kind={phase.kind} titles={phase.gone} /> : null}
          <RowWords sentences={phase.aboutRows} />
        </ul>
      ) : null}
      {phase.hazards.length > 0 ? (
        <ul className="list-disc pl-10 text-sm text-ink-muted marker:text-ink-faint">
          {phase.hazards.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : null}
      {chosen ? (
        <div className="pl-6">
          <input type="hidden" name="phaseId" value={phase.id} />
          <input type="hidden" name="digest" value={phase.digest} />
          {phase.numberToType === null || phase.numberToType === 0 ? (
            <input type="hidden" name="typedNumber" value={phase.numberToType === 0 ? '0' : ''} />
          ) : (
            <TextField label={`Type the number of rows that ${phase.numberCounts}: ${exactNumber(phase.numberToType)}`} name="typedNumber" required inputMode="numeric" autoComplete="off" />
          )}
          <p className="mt-1 text-sm text-ink-muted">
            Digest <code className="font-mono text-xs break-all">{phase.digest}</code>
          </p>
        </div>
      ) : null}
    </li>
  );
}
