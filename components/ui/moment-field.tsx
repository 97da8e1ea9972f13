'use client';
import { useId, useState } from 'react';
import { TextField } from './field.tsx';

/**
 * A moment on the reader's own clock; the form gets the instant, because the server does not know that clock. Only where there is a browser
 * (inside a dialog that was opened): the text of a moment is another one on a server elsewhere.
 */
export function MomentField({ label, name, initial, hint }: { label: string; name: string; initial: () => Date; hint?: string }) {
  const [text, setText] = useState(() => localText(initial()));
  const id = useId();
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = new Date(text);
  const known = !Number.isNaN(at.getTime());
  return (
    <>
      <TextField id={id} label={label} type="datetime-local" required step={60} value={text} onChange={(event) => setText(event.target.value)} hint={`${hint ? `${hint} ` : ''}On your clock, ${zone}${known ? `; ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC` : ''}.`} />
      <input type="hidden" name={name} value={known ? at.toISOString() : ''} />
    </>
  );
}

/** `2026-11-23T22:00` on the reader's clock, as the browser's field wants it. */
export function localText(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
