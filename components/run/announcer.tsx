'use client';
import { useEffect, useState } from 'react';

/** At most one announcement in this time: a screen reader must be able to keep up. */
const PAUSE_MS = 2_500;

/** Reads out the newest text, at a humane rate. Silent for what stood there when the page was opened. */
export function Announcer({ text }: { text: string }) {
  const [said, setSaid] = useState({ text: '', opened: text });
  useEffect(() => {
    if (text === said.text || (said.text === '' && text === said.opened)) return;
    const timer = setTimeout(() => setSaid((before) => ({ ...before, text })), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, said]);
  return (
    <p aria-live="polite" className="sr-only">
      {said.text}
    </p>
  );
}
