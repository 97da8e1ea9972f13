'use client';
import { useEffect, useEffectEvent, useRef } from 'react';

/**
 * The draft as it goes with the form, in a field that is kept like what is typed (sheet/kept-text.ts): lines of a form have no fields of their own that could be
 * put back after a reload. `onBack` hears the text that was kept.
 */
export function KeptDraft({ name, text, onBack }: { name: string; text: string; onBack: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const back = useEffectEvent(() => {
    if (field.current && field.current.value !== text) onBack(field.current.value);
  });
  useEffect(() => {
    const element = field.current;
    const hear = () => back();
    element?.addEventListener('change', hear);
    return () => element?.removeEventListener('change', hear);
  }, []);
  // A line that is added or taken out is typed by nobody, and must be kept all the same.
  useEffect(() => {
    if (field.current?.value === text) field.current.dispatchEvent(new Event('input', { bubbles: true }));
  }, [text]);
  return (
    <span hidden>
      <input ref={field} type="hidden" data-kept name={name} value={text} readOnly />
    </span>
  );
}
