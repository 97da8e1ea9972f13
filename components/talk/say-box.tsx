'use client';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { classes } from '#components/ui/classes.ts';
import { TextArea } from '#components/ui/field.tsx';
import { comment } from '#lib/actions/threads.ts';
import { useTalk } from './talk.tsx';
import { chosenText, offered, wordAt } from './picking.ts';

interface SayBoxProps {
  /** Names of the form's fields: what the comment is about, or what it answers. */
  about: Readonly<Record<string, string>>;
  label: string;
  hideLabel?: boolean;
  submit: string;
  /** Stands beside the button. */
  beside?: ReactNode;
  onDone?: () => void;
}

/** A comment: plain text, `code`, and people behind an @, chosen by keyboard from a short list. */
export function SayBox({ about, label, hideLabel, submit, beside, onDone }: SayBoxProps) {
  const { planId, version } = useTalk();
  const [text, setText] = useState('');
  return (
    <ActionForm
      action={comment}
      hidden={{ planId, version, ...about }}
      keep={`say ${Object.values(about).join(' ')}`}
      onDone={() => {
        setText('');
        onDone?.();
      }}
      className="grid gap-2"
    >
      <MentionArea label={label} hideLabel={hideLabel ?? false} text={text} setText={setText} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-ink-muted">Plain text, `code`, @name tells a person</p>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {beside}
          <Submit look="plain" disabled={text.trim() === ''}>
            {submit}
          </Submit>
        </div>
      </div>
    </ActionForm>
  );
}

/** The people who fit the @word at the caret, and how one of them is taken; closed by Escape until somebody types again. */
function useMentions(text: string, setText: (text: string) => void) {
  const { people } = useTalk();
  const frame = useRef<HTMLDivElement>(null);
  const [caret, setCaret] = useState(0);
  const [closed, setClosed] = useState(false);
  const [at, setAt] = useState(0);
  const word = closed ? null : wordAt(text, caret);
  const offers = word === null ? [] : offered(people, word.typed);
  const active = Math.min(at, Math.max(0, offers.length - 1));

  // The dialog around it asks the list to close before it closes itself.
  useEffect(() => {
    const element = frame.current;
    const close = () => setClosed(true);
    element?.addEventListener('closelist', close);
    return () => element?.removeEventListener('closelist', close);
  }, []);

  const choose = (handle: string): void => {
    if (word === null) return;
    const next = chosenText(text, word, handle);
    // The text stands in the field before the caret goes into it.
    flushSync(() => {
      setCaret(next.caret);
      setText(next.text);
    });
    frame.current?.querySelector('textarea')?.setSelectionRange(next.caret, next.caret);
  };
  const type = (typed: string, caretAt: number): void => {
    setText(typed);
    setCaret(caretAt);
    setClosed(false);
    setAt(0);
  };
  return { frame, offers, active, choose, type, move: setCaret, close: () => setClosed(true), go: (by: 1 | -1) => setAt((active + by + offers.length) % offers.length) };
}

type Mentions = ReturnType<typeof useMentions>;

function MentionArea({ label, hideLabel, text, setText }: { label: string; hideLabel: boolean; text: string; setText: (text: string) => void }) {
  const list = useId();
  const mentions = useMentions(text, setText);
  const { frame, offers, active } = mentions;
  return (
    <div ref={frame} data-completing={offers.length > 0 ? '' : undefined}>
      <TextArea
        label={label}
        hideLabel={hideLabel}
        name="body"
        required
        maxLength={4000}
        rows={3}
        value={text}
        onChange={(event) => mentions.type(event.target.value, event.target.selectionStart)}
        onSelect={(event) => mentions.move(event.currentTarget.selectionStart)}
        onBlur={mentions.close}
        onKeyDown={(event) => pressed(event, mentions)}
        aria-autocomplete="list"
        aria-controls={offers.length > 0 ? list : undefined}
        aria-activedescendant={offers.length > 0 ? `${list}-${active}` : undefined}
      />
      {offers.length > 0 ? <Offers id={list} mentions={mentions} /> : null}
      <output className="sr-only">
        {offers.length > 0 ? `${offers.length} people. Arrows choose, Enter takes.` : ''}
      </output>
    </div>
  );
}

/** Control and Enter sends; while people are offered, the keys of a list are the list's. */
function pressed(event: KeyboardEvent<HTMLTextAreaElement>, { offers, active, go, choose, close }: Mentions): void {
  if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
    return;
  }
  const offer = offers[active];
  if (!offer) return;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') go(event.key === 'ArrowDown' ? 1 : -1);
  else if (event.key === 'Enter' || event.key === 'Tab') choose(offer.handle);
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
}

function Offers({ id, mentions: { offers, active, choose } }: { id: string; mentions: Mentions }) {
  return (
    // The focus stays in the field, which says by aria-activedescendant where in the list one is: no element of HTML does that.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
    <div id={id} role="listbox" tabIndex={-1} aria-label="People" className="mt-1 max-w-sm rounded-md border border-line-strong bg-surface py-1">
      {offers.map((offer, index) => (
        // Pressing leaves the focus in the field, so that the list does not close before the press counts.
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events
        <div key={offer.handle} id={`${id}-${index}`} role="option" tabIndex={-1} aria-selected={index === active} onMouseDown={(event) => event.preventDefault()} onClick={() => choose(offer.handle)} className={classes('cursor-pointer px-2 py-1', index === active && 'bg-hover')}>
          {offer.name} <span className="text-sm text-ink-muted">@{offer.handle}</span>
        </div>
      ))}
    </div>
  );
}
