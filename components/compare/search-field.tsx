'use client';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { TextField } from '#components/ui/field.tsx';
import type { CompareView } from './address.ts';
import { compareHref } from './address.ts';

/** Typing filters after a short rest, so that the address does not change with every letter. */
export function SearchField({ view }: { view: CompareView }) {
  const router = useRouter();
  const [text, setText] = useState(view.q);
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  useEffect(() => {
    if (text === latest.current.q) return;
    const timer = setTimeout(() => router.replace(compareHref(latest.current, { q: text }), { scroll: false }), 200);
    return () => clearTimeout(timer);
  }, [text, router]);
  return <TextField label="Filter by name" hideLabel type="search" placeholder="Filter by name" data-search="" value={text} onChange={(event) => setText(event.currentTarget.value)} autoComplete="off" spellCheck={false} />;
}
