'use client';
import { createContext, type RefObject, useContext, useEffect } from 'react';
import { usePathname } from 'next/navigation';

/** Whose text it is: in the same tab somebody else may sign in. */
export const Writer = createContext<string | null>(null);

type TextField = HTMLTextAreaElement | HTMLInputElement;

/** What is long enough to be missed: text areas, and the lines that say so. Never passwords, secrets, or numbers that are typed as a proof of having read them. */
const FIELDS = 'textarea[name], input[data-kept][name]';

interface Kept {
  text: string;
  /** What stood there before anything was typed: text that was written over something else is not put back. */
  over: string;
}

/**
 * Keeps what is typed into a form in this tab, until it is sent: through a reload, a Back too many, or a session that ran out. `name`
 * tells the forms of a page apart; null keeps nothing. Returns what is to be called once the form has been sent.
 */
export function useKeptText(form: RefObject<HTMLFormElement | null>, name: string | null): () => void {
  const writer = useContext(Writer);
  const path = usePathname();
  const key = name === null || writer === null ? null : `countersign:typed ${writer} ${path} ${name}`;
  useEffect(() => {
    const element = form.current;
    if (!element || key === null) return;
    const over = new Map<string, string>();
    /** Before it is typed into: React makes the default of a field that it controls follow what is typed. */
    const meet = (field: TextField) => {
      if (!over.has(field.name)) over.set(field.name, field.value);
    };
    const kept = read(key);
    for (const field of fieldsOf(element)) {
      meet(field);
      const one = kept[field.name];
      if (one && one.over === field.value) put(field, one.text);
    }
    const arrive = () => fieldsOf(element).forEach(meet);
    const keep = () => write(key, changed(fieldsOf(element), over));
    element.addEventListener('focusin', arrive);
    element.addEventListener('input', keep);
    return () => {
      element.removeEventListener('focusin', arrive);
      element.removeEventListener('input', keep);
    };
  }, [form, key]);
  return () => {
    if (key !== null) write(key, {});
  };
}

function changed(fields: readonly TextField[], over: ReadonlyMap<string, string>): Readonly<Record<string, Kept>> {
  return Object.fromEntries(fields.flatMap(({ name, value }) => (value === (over.get(name) ?? '') ? [] : [[name, { text: value, over: over.get(name) ?? '' }]])));
}

function fieldsOf(form: HTMLFormElement): TextField[] {
  return [...form.querySelectorAll<TextField>(FIELDS)];
}

/** As if it had been typed: React hears of it where it holds the value itself. */
function put(field: TextField, text: string): void {
  const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function read(key: string): Readonly<Record<string, Kept>> {
  try {
    return JSON.parse(window.sessionStorage.getItem(key) ?? '{}') as Record<string, Kept>;
  } catch {
    return {};
  }
}

function write(key: string, kept: Readonly<Record<string, Kept>>): void {
  try {
    if (Object.keys(kept).length === 0) window.sessionStorage.removeItem(key);
    else window.sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Too long for the browser, or it stores nothing: then a reload loses it, as it would anywhere.
  }
}
