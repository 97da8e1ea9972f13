'use client';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { PAGE_KEYS, PLACES, sayPageKey, SHOW_KEYS } from './keys.ts';

/** How long after `g` the second letter still counts. */
const CHORD_MS = 1_200;
/** Not 0: times count from the loading of the page, and a key pressed right after it would be the second of a pair. */
const NEVER = Number.NEGATIVE_INFINITY;

const NONE: (typeof PAGE_KEYS)[string] = [];

/** Keys of every page: `g` and a letter goes somewhere, j/k walk through a list (elements marked data-row), `/` searches, `?` lists the keys. */
export function Keyboard() {
  const { name, open, onOpenChange } = useSheet('keys');
  const router = useRouter();
  const chordAt = useRef(NEVER);
  const path = usePathname();
  const own = PAGE_KEYS[path] ?? NONE;
  useEffect(() => {
    const show = () => onOpenChange(true);
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const chord = event.timeStamp - chordAt.current < CHORD_MS;
      chordAt.current = NEVER;
      const place = chord ? PLACES.find((each) => each.key === event.key) : undefined;
      if (place) router.push(place.href);
      else if (event.key === 'g') chordAt.current = event.timeStamp;
      else if (event.key === '?') onOpenChange(true);
      else if (event.key === '/') focusSearch(event);
      else if (event.key === 'j') step(event, 1);
      else if (event.key === 'k') step(event, -1);
      else if (own.some((each) => each.key === event.key)) sayPageKey(event.key, path, performance.now());
    };
    window.addEventListener('keydown', press);
    window.addEventListener(SHOW_KEYS, show);
    return () => {
      window.removeEventListener('keydown', press);
      window.removeEventListener(SHOW_KEYS, show);
    };
  }, [router, own, path, onOpenChange]);
  return (
    <Dialog name={name} open={open} onOpenChange={onOpenChange} title="Keyboard">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
        {PLACES.map((place) => (
          <Line key={place.key} keys={['g', place.key]} text={`Go to ${place.name}`} />
        ))}
        <Line keys={['j', 'k']} text="Next and previous line of a list; Enter opens it" />
        {own.map(({ key, text }) => (
          <Line key={key} keys={[key]} text={text} />
        ))}
        <Line keys={['/']} text="Search on this page" />
        <Line keys={['?']} text="This list" />
        <Line keys={['Esc']} text="Close what is open" />
      </dl>
    </Dialog>
  );
}

function Line({ keys, text }: { keys: readonly string[]; text: string }) {
  return (
    <>
      <dt className="flex gap-1">
        {keys.map((key) => (
          <kbd key={key} className="min-w-6 rounded border border-line-strong bg-sunken px-1.5 text-center font-mono text-sm">
            {key}
          </kbd>
        ))}
      </dt>
      <dd>{text}</dd>
    </>
  );
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const choosing = target instanceof HTMLInputElement && ['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return !choosing && target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"]') !== null;
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function step(event: KeyboardEvent, by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter((row) => row.offsetParent !== null);
  if (rows.length === 0) return;
  event.preventDefault();
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
