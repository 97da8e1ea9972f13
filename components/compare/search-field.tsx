'use client';
import { useEffect } from 'react';
import { TextField } from '#components/ui/field.tsx';
import { useView } from './view.tsx';

/** The list follows every letter; the address follows when the hand rests, so that back does not go letter by letter. */
const REST_MS = 300;

export function SearchField() {
  const { view, go, type, typing } = useView();
  const { q } = view;
  useEffect(() => {
    if (!typing) return;
    const timer = setTimeout(() => go({ q }, 'replace'), REST_MS);
    return () => clearTimeout(timer);
  }, [q, go, typing]);
  return <TextField label="Filter by name" hideLabel type="search" placeholder="Filter by name" data-search="" value={q} onChange={(event) => type(event.currentTarget.value)} autoComplete="off" spellCheck={false} />;
}
