'use client';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { verifyChain } from '#lib/actions/log.ts';

/** Asks the server to compute every hash again; the answer stays beside the button. */
export function VerifyChain() {
  const [answer, setAnswer] = useState<string | null>(null);
  return (
    <div className="grid justify-items-end gap-1">
      <ActionForm action={verifyChain} onDone={setAnswer}>
        <Submit busy="Verifying…">Verify chain</Submit>
      </ActionForm>
      {answer ? <p className="max-w-96 text-right text-sm break-all text-green-ink">{answer}</p> : null}
    </div>
  );
}
