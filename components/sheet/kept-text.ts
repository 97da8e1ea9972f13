'use client';
import { createContext, type RefObject, useContext, useEffect } from 'react';
import { usePathname } from 'next/navigation';

/** Whose text it is: in the same tab somebody else may sign in. */
export const Writer = createContext<string | null>(null);

type Field = HTMLTextAreaElement | HTMLInputElement | HTMLSelectElement;

/**
 * What is long enough to be missed: text areas, and the lines that say so; and what was chosen among several, without which a reason that comes back
 * would stand under another answer. Never passwords, secrets, boxes, or numbers that are typed as a proof of having read them.
 */
const FIELDS = 'textarea[name], input[data-kept][name], input[type="radio"][name], select[name]';

interface Kept {
  text: string;
  /** What stood there before anything was typed: text that was written over something else is not put back. */
  over: string;
  /** What a choice was made about: a sheet that is opened over something else begins without one. */
  about?: string;
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
    const meet = () => {
      for (const [name, fields] of fieldsOf(element)) if (!over.has(name)) over.set(name, answerOf(fields));
    };
    const about = aboutOf(element);
    const kept = read(key);
    meet();
    for (const [name, fields] of fieldsOf(element)) {
      const one = kept[name];
      if (one && one.over === answerOf(fields) && (one.about ?? about) === about) put(fields, one.text);
    }
    const keep = () => write(key, changed(fieldsOf(element), over, about));
    element.addEventListener('focusin', meet);
    element.addEventListener('input', keep);
    return () => {
      element.removeEventListener('focusin', meet);
      element.removeEventListener('input', keep);
    };
  }, [form, key]);
  return () => {
    if (key !== null) write(key, {});
  };
}

function changed(all: ReadonlyMap<string, readonly Field[]>, over: ReadonlyMap<string, string>, about: string): Readonly<Record<string, Kept>> {
  return Object.fromEntries([...all].flatMap(([name, fields]) => {
    const text = answerOf(fields);
    const before = over.get(name) ?? '';
    return text === before ? [] : [[name, { text, over: before, ...(fields.some(isChoice) ? { about } : {}) }]];
  }));
}

/** What goes with the form and is not asked for: it stands directly in it, other than what a field hides. */
function aboutOf(form: HTMLFormElement): string {
  return [...form.querySelectorAll<HTMLInputElement>(':scope > input[type="hidden"]')].map(({ name, value }) => `${name}=${value}`).join(' ');
}

/** By name: the buttons of one choice have one between them. */
function fieldsOf(form: HTMLFormElement): ReadonlyMap<string, readonly Field[]> {
  return Map.groupBy(form.querySelectorAll<Field>(FIELDS), (field) => field.name);
}

function isRadio(field: Field): field is HTMLInputElement {
  return field.type === 'radio';
}

function isChoice(field: Field): boolean {
  return isRadio(field) || field instanceof HTMLSelectElement;
}

/** What stands in the field, or is chosen of several. */
function answerOf(fields: readonly Field[]): string {
  return (fields.some(isRadio) ? fields.find((field) => isRadio(field) && field.checked) : fields[0])?.value ?? '';
}

/** As if it had been typed or pressed: React hears of it where it holds the value itself. What cannot be chosen any more is not. */
function put(fields: readonly Field[], text: string): void {
  const field = fields.some(isRadio) ? fields.find((one) => one.value === text) : fields[0];
  if (!field) return;
  if (isRadio(field)) return field.click();
  if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === text && !option.disabled)) return;
  const kind = [HTMLTextAreaElement, HTMLSelectElement, HTMLInputElement].find((one) => field instanceof one) ?? HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(field, text);
  for (const event of ['input', 'change']) field.dispatchEvent(new Event(event, { bubbles: true }));
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
