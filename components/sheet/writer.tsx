'use client';
import type { ReactNode } from 'react';
import { Writer } from './kept-text.ts';

/** Whoever is signed in writes what is typed below. */
export function WriterIs({ person, children }: { person: string; children: ReactNode }) {
  return <Writer value={person}>{children}</Writer>;
}
