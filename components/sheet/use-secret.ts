'use client';
import { useState } from 'react';
import { useSheet } from './use-sheet.ts';

/** State of a dialog that makes a secret: the secret stands where the form was, and closing it, be it by Back, forgets it. `what` and `to` as of a sheet. */
export function useSecret(what: string, to = ''): { open: boolean; change: (next: boolean) => void; secret: string | null; made: (sentence: string, once?: string) => void } {
  const { open, onOpenChange } = useSheet(what, to);
  const [secret, setSecret] = useState<string | null>(null);
  if (!open && secret !== null) setSecret(null);
  return { open, change: onOpenChange, secret, made: (_sentence, once) => setSecret(once ?? '') };
}
