'use client';
import type { ReactNode } from 'react';
import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import { SIGNED_OUT } from '#components/shell/reachable.ts';
import { StateShape } from '#components/ui/state-mark.tsx';

/** green: something was done. red: it was not, and the form that would say so is gone. */
export type NoticeTone = 'green' | 'red';
type Say = (sentence: string, tone?: NoticeTone) => void;

const Notice = createContext<Say>(() => {});
const Hush = createContext<() => void>(() => {});

const STAYS_MS: Record<NoticeTone, number> = { green: 6_000, red: 20_000 };

/** Says one sentence about something that has just been done or refused; read out and gone after some seconds. */
export function useNotice(): Say {
  return useContext(Notice);
}

/** For whoever presses something: what was done before is no news any more, and must not stand over the answer. */
export function useHush(): () => void {
  return useContext(Hush);
}

export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<readonly { id: number; sentence: string; tone: NoticeTone }[]>([]);
  const say = useCallback<Say>((sentence, tone = 'green') => {
    const id = performance.now();
    // What stands there already is not said a second time.
    setNotices((before) => (before.some((notice) => notice.sentence === sentence) ? before : [...before.slice(-2), { id, sentence, tone }]));
    setTimeout(() => setNotices((before) => before.filter((notice) => notice.id !== id)), STAYS_MS[tone]);
  }, []);
  const hush = useCallback(() => setNotices((before) => (before.some(({ tone }) => tone === 'green') ? before.filter(({ tone }) => tone !== 'green') : before)), []);
  useEffect(() => {
    const tell = () => say('You are not signed in any more. What you typed stays here: sign in in another window, then go on.', 'red');
    window.addEventListener(SIGNED_OUT, tell);
    return () => window.removeEventListener(SIGNED_OUT, tell);
  }, [say]);
  return (
    <Notice value={say}>
      <Hush value={hush}>{children}</Hush>
      {/* Where no button stands: bars and sheets have theirs at the foot on the right, on a phone in up to two rows. */}
      <output className="pointer-events-none fixed inset-x-3 bottom-26 z-60 grid justify-items-start gap-2 sm:right-auto sm:bottom-16 sm:left-4 print:hidden">
        {notices.map((notice) => (
          <p key={notice.id} role={notice.tone === 'red' ? 'alert' : undefined} className="flex max-w-prose items-start gap-2 rounded-md border border-line bg-surface px-3 py-2 shadow-lg">
            <StateShape tone={notice.tone} className="mt-1" />
            <span className="min-w-0 wrap-anywhere">{notice.sentence}</span>
          </p>
        ))}
      </output>
    </Notice>
  );
}
