'use client';
import { useRouter } from 'next/navigation';
import type { ComponentProps, ReactNode } from 'react';
import { createContext, startTransition, useActionState, useContext, useEffect, useMemo, useRef } from 'react';
import { isInSheet } from '#components/sheet/history.ts';
import { useKeptText } from '#components/sheet/kept-text.ts';
import { Button } from '#components/ui/button.tsx';
import type { ButtonLook } from '#components/ui/button-classes.ts';
import { DialogName } from '#components/ui/dialog.tsx';
import { ErrorNote } from '#components/ui/notes.tsx';
import type { ActionState } from '#lib/dal/dto/answer.ts';
import { useHush, useNotice, type NoticeTone } from './notices.tsx';
import { answerTo, type Answer } from './sent.ts';

export type FormAction = (state: ActionState, form: FormData) => Promise<ActionState>;

const Pending = createContext(false);

/** Whether the form around it was sent and has no answer yet. */
export function usePending(): boolean {
  return useContext(Pending);
}
const IDLE: ActionState = { status: 'idle' };


interface ActionFormProps {
  action: FormAction;
  /** Values that go with the form and are not asked for. */
  hidden?: Readonly<Record<string, string | number | readonly string[]>>;
  /** `once`: a secret that the answer brought for this one look. */
  onDone?: (sentence: string, once?: string) => void;
  /** The page shows what was done by itself, so that no notice need say it a second time. */
  answersItself?: boolean;
  /** Unique on the page: what is typed is kept under it until it is sent. In a dialog that has a name, that of the dialog. */
  keep?: string;
  children: ReactNode;
  className?: string;
  label?: string;
}

/**
 * A form over a server action. Shows what the server says, nothing sooner: no optimistic state. What was typed stays in the
 * fields after a refusal (React would empty them after `action`, hence the own submit).
 */
export function ActionForm({ action, hidden = {}, onDone, answersItself = false, keep, children, className, label }: ActionFormProps) {
  const around = useContext(DialogName);
  const form = useRef<HTMLFormElement>(null);
  const sent = useKeptText(form, keep ?? around);
  const router = useRouter();
  const notice = useNotice();
  const hush = useHush();
  // What follows a success is done here and not in an effect: the answer brings the page anew, and often without this form.
  const refusal = useRefusalNotice(notice);
  const perform = async (before: Answer, data: FormData): Promise<Answer> => {
    const state = await answerTo(action(before.status === 'unanswered' ? IDLE : before, data));
    refusal.came(state);
    if (state.status === 'done') {
      sent();
      // A transition, so that a dialog closes together with the page that the answer brought, and not before it.
      startTransition(() => {
        if (state.sentence && !answersItself) notice(state.sentence);
        onDone?.(state.sentence, state.once);
        if (state.to && isInSheet()) router.replace(state.to);
        else if (state.to) router.push(state.to);
      });
    }
    return state;
  };
  const [state, dispatch, pending] = useActionState<Answer, FormData>(perform, IDLE);
  useEffect(() => refusal.shown(state), [refusal, state]);
  const submit: ComponentProps<'form'>['onSubmit'] = (event) => {
    event.preventDefault();
    if (pending) return;
    hush();
    const data = new FormData(event.currentTarget, (event.nativeEvent as SubmitEvent).submitter);
    startTransition(() => dispatch(data));
  };
  return (
    <form ref={form} action={dispatch} onSubmit={submit} className={className} aria-label={label} aria-busy={pending}>
      {Object.entries(hidden).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((one) => <input key={`${name} ${String(one)}`} type="hidden" name={name} value={String(one)} />),
      )}
      <Pending value={pending}>{children}</Pending>
      <Result state={state} pending={pending} />
    </form>
  );
}

/** So long a sentence must stand to count as read. */
const READ_MS = 1_500;

interface RefusalNotice {
  came: (state: Answer) => void;
  shown: (state: Answer) => void;
}

/**
 * A refusal is shown under the form. But whoever lost a right meanwhile gets a page without that form, together with the answer; and a
 * dialog may be closed before the answer comes. Then the sentence is said as a notice, so that nobody is refused without a word. The
 * time to read it counts from when it stood on the screen: on a slow machine the page may follow the answer seconds later.
 */
function useRefusalNotice(notice: (sentence: string, tone?: NoticeTone) => void): RefusalNotice {
  const here = useRef(false);
  const unread = useRef<{ sentence: string; shownAt: number | null } | null>(null);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
      const last = unread.current;
      unread.current = null;
      if (last && (last.shownAt === null || performance.now() - last.shownAt < READ_MS)) notice(last.sentence, 'red');
    };
  }, [notice]);
  return useMemo(() => ({
    came: (state) => {
      // What was refused before is settled by what was done now.
      if (state.status === 'done') unread.current = null;
      if (state.status === 'idle' || state.status === 'done') return;
      const sentence = state.status === 'surprise' ? `${state.sentence} Error id ${state.errorId}.` : state.sentence;
      if (here.current) unread.current = { sentence, shownAt: null };
      else notice(sentence, 'red');
    },
    shown: (state) => {
      if (unread.current && state.status !== 'idle' && state.status !== 'done') unread.current.shownAt ??= performance.now();
    },
  }), [notice]);
}

function Result({ state, pending }: { state: Answer; pending: boolean }) {
  if (pending || state.status === 'idle' || state.status === 'done') return null;
  return (
    <div ref={intoSight} className="mt-3 max-w-xl basis-full scroll-my-4">
      <ErrorNote what={state.sentence} next={state.status === 'refused' && state.code === 'not_signed_in' ? <SignInBeside /> : null} errorId={state.status === 'surprise' ? state.errorId : null} />
    </div>
  );
}

/** It stands under the button, which on a phone is the last line of a sheet that one can see. */
function intoSight(note: HTMLElement | null): void {
  note?.scrollIntoView({ block: 'nearest' });
}

/** What was typed stays in this window. */
function SignInBeside() {
  return (
    <a href="/sign-in" target="_blank" rel="noreferrer" className="rounded underline underline-offset-2">
      Sign in in another window, then press again here
    </a>
  );
}

/**
 * The button of an ActionForm; says that it is at work while the server has not answered. A press more does nothing then (the form sees to it); it is not disabled, because
 * the browser would take the focus away from whoever pressed it by a key.
 */
export function Submit({ look = 'primary', size, busy = 'Working…', children, disabled, ...rest }: Omit<ComponentProps<'button'>, 'type'> & { look?: ButtonLook; size?: 'sm' | 'md'; busy?: string }) {
  const pending = useContext(Pending);
  return (
    <Button type="submit" look={look} size={size} disabled={disabled} aria-disabled={pending || undefined} {...rest}>
      {pending ? busy : children}
    </Button>
  );
}
