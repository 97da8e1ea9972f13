'use client';
import { useState } from 'react';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice } from '#components/ui/field.tsx';
import { exactNumber } from '#components/ui/format.ts';
import { Banner } from '#components/ui/notes.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import { decideRename } from '#lib/actions/compare.ts';
import type { RenameDto, RenamesDto } from '#lib/dal/dto/compare.ts';
import { AnswerForm } from './answer-form.tsx';
import { WithdrawDecision } from './decide.tsx';
import { RenameMark } from './rename-mark.tsx';
import { useView, ViewLink } from './view.tsx';

interface Sides {
  current: string;
  desired: string;
}

/** What an object is asked about names, and what was answered. */
export function Renames({ renames, groupId, current, desired, mayAuthor }: { renames: readonly RenameDto[]; groupId: string; mayAuthor: boolean } & Sides) {
  if (renames.length === 0) return null;
  return (
    <ul aria-label="Renames" className="mb-3 grid gap-2">
      {renames.map((rename) =>
        rename.answer ? (
          <Answered key={rename.id} rename={rename} answer={rename.answer} mayAuthor={mayAuthor} />
        ) : (
          <Asked key={rename.id} rename={rename} groupId={groupId} current={current} desired={desired} mayAuthor={mayAuthor} />
        ),
      )}
    </ul>
  );
}

function Asked({ rename, groupId, current, desired, mayAuthor }: { rename: RenameDto; groupId: string; mayAuthor: boolean } & Sides) {
  const { from, to } = rename;
  const other = rename.groups.find((group) => group !== groupId);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 rounded-md border border-line bg-surface px-3 py-2">
      <div className="min-w-0 flex-1 basis-72">
        <p className="wrap-anywhere">
          <RenameMark moves={rename.moves} /> <Name>{from}</Name> is only in {current} and <Name>{to}</Name> only in {desired}, with {rename.evidence}.
        </p>
        <p className="text-sm text-ink-muted">
          Without an answer they stay two: a plan drops the one with what it holds, and adds the other empty.
          {other ? (
            <>
              {' '}
              <ViewLink change={{ object: other }} className="rounded underline decoration-line-strong underline-offset-2 hover:text-ink">
                Open the other
              </ViewLink>
            </>
          ) : null}
        </p>
      </div>
      {mayAuthor ? <Answer rename={rename} current={current} desired={desired} /> : null}
    </li>
  );
}

function Answer({ rename, current, desired }: { rename: RenameDto } & Sides) {
  const sheet = useSheet('answer', rename.id);
  const [verdict, setVerdict] = useState<'renamed' | 'not_renamed' | null>(null);
  const { go } = useView();
  const { from, to } = rename;
  const done = () => {
    sheet.onOpenChange(false);
    // A table that is taken for another is not in the list under its old name any more.
    if (verdict === 'renamed') go({ object: rename.groups.at(-1) ?? null }, 'replace');
  };
  return (
    <Dialog {...sheet} title={`Is ${from} now ${to}?`} description={`Two differences between ${current} and ${desired}, or one ${rename.kind} ${rename.moves ? 'in another schema' : 'under a new name'}.`} trigger={<Button size="sm">Answer…</Button>}>
      <AnswerForm action={decideRename} hidden={{ current, desired, renameId: rename.id }} onDone={done} word="Answer" example="renamed in dev with sprint 91">
        <Choice type="radio" name="verdict" value="renamed" required checked={verdict === 'renamed'} onChange={() => setVerdict('renamed')} label={rename.moves ? 'Moved' : 'A rename'} hint={`One difference. A plan says ALTER … ${rename.moves ? 'SET SCHEMA' : 'RENAME'} first, keeps what is in it and what rests on it, and takes it back by the old name. Code that still says ${from} fails from then on.`} />
        <Choice type="radio" name="verdict" value="not_renamed" checked={verdict === 'not_renamed'} onChange={() => setVerdict('not_renamed')} label={rename.moves ? 'Not moved' : 'Not a rename'} hint={`${from} goes with what it holds, and ${to} is new and empty.`} />
      </AnswerForm>
    </Dialog>
  );
}

function Answered({ rename, answer, mayAuthor }: { rename: RenameDto; answer: NonNullable<RenameDto['answer']>; mayAuthor: boolean }) {
  const { from, to } = rename;
  return (
    <li className="flex flex-wrap items-center gap-x-2 border-l-2 border-line pl-3">
      <StateShape tone="grey" />
      <span>
        <Name>{from}</Name> → <Name>{to}</Name>
      </span>
      <span className="font-medium">{answer.verdict === 'renamed' ? (rename.moves ? 'moved' : 'a rename') : rename.moves ? 'not moved' : 'not a rename'}</span>
      <span className="wrap-anywhere">“{answer.reason}”</span>
      <span className="text-sm text-ink-muted">
        {answer.by} · <Time at={answer.at} />
      </span>
      {mayAuthor ? <WithdrawDecision decisionId={answer.id} name={`${from} → ${to}`} /> : null}
    </li>
  );
}

/** Of the whole comparison: what looks renamed, so that nobody must find it in the list. */
export function RenamesAsked({ renames }: { renames: RenamesDto }) {
  if (renames.open === 0) return null;
  const left = renames.open - renames.proposed.length;
  return (
    <div className="text-sm text-ink-muted">
      {/* One below the other: a pair that breaks at its arrow, among others, is no pair for the eye. Each says what it is: moves and renames stand together. */}
      <ul className="grid min-w-0 gap-0.5">
        {renames.proposed.map((rename) => (
          <li key={rename.id} className="flex items-baseline gap-x-1.5">
            <RenameMark moves={rename.moves} />
            <ViewLink change={{ object: rename.groups.at(-1) ?? null, tab: 'aligned' }} className="rounded font-mono underline decoration-line-strong underline-offset-2 wrap-anywhere hover:text-ink">
              {rename.from} → {rename.to}
            </ViewLink>
          </li>
        ))}
        {left > 0 ? <li>and {exactNumber(left)} more, marked in the list</li> : null}
      </ul>
    </div>
  );
}

/** Taken once, and not true of these two any more: it must not be believed to hold. */
export function LapsedRenames({ lapsed, mayAuthor }: { lapsed: RenamesDto['lapsed']; mayAuthor: boolean }) {
  if (lapsed.length === 0) return null;
  return (
    <div className="mb-4">
      <Banner tone="orange" title={lapsed.length === 1 ? 'A rename no longer holds' : `${lapsed.length} renames no longer hold`}>
        <ul className="grid gap-1">
          {lapsed.map((rename) => (
            <li key={rename.decisionId} className="flex flex-wrap items-center gap-x-2">
              <span className="wrap-anywhere">
                “{rename.what}” was taken by {rename.by} <Time at={rename.at} />, but {rename.why}
              </span>
              {mayAuthor ? <WithdrawDecision decisionId={rename.decisionId} name={rename.what} /> : null}
            </li>
          ))}
        </ul>
      </Banner>
    </div>
  );
}

function Name({ children }: { children: string }) {
  return <span className="font-mono text-sm font-medium wrap-anywhere">{children}</span>;
}
