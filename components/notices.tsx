'use client';
import type { ReactNode } from 'react';
import { createContext, useCallback, useContext, useState } from 'react';
import { StateShape } from '#components/ui/state-mark.tsx';

const Notice = createContext<(sentence: string) => void>(() => {});

/** Says one sentence about something that has just been done; read out and gone after some seconds. */
export function useNotice(): (sentence: string) => void {
  return useContext(Notice);
}

export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<readonly { id: number; sentence: string }[]>([]);
  const say = useCallback((sentence: string) => {
    const id = performance.now();
    setNotices((before) => [...before.slice(-2), { id, sentence }]);
    setTimeout(() => setNotices((before) => before.filter((notice) => notice.id !== id)), 6_000);
  }, []);
  return (
    <Notice value={say}>
      {children}
      <output className="pointer-events-none fixed bottom-16 left-4 z-60 grid gap-2 sm:bottom-4 print:hidden">
        {notices.map((notice) => (
          <p key={notice.id} className="flex items-center gap-2 rounded-md border border-line bg-surface px-3 py-2 shadow-lg">
            <StateShape tone="green" />
            {notice.sentence}
          </p>
        ))}
      </output>
    </Notice>
  );
}
