'use client';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { count } from '#components/ui/format.ts';
import { Banner } from '#components/ui/notes.tsx';
import { PageHead } from '#components/ui/page.tsx';
import { verifyChain } from '#lib/actions/log.ts';

/** Head of the log with the button that has every hash computed again; the answer stays on the page. */
export function LogHead({ total, children }: { total: number; children: ReactNode }) {
  const [answer, setAnswer] = useState<string | null>(null);
  return (
    <>
      <PageHead
        title="Log"
        sentence={<p>{count(total, 'entry', 'entries')}, each chained to the one before it. Nothing is ever changed or deleted.</p>}
        tools={children}
        action={
          <ActionForm action={verifyChain} onDone={setAnswer} answersItself>
            <Submit busy="Verifying…">Verify chain</Submit>
          </ActionForm>
        }
      />
      {answer ? (
        <output className="mb-4 block wrap-anywhere">
          <Banner tone="green" title={answer} />
        </output>
      ) : null}
    </>
  );
}
