'use client';
import { useState } from 'react';

/** State of a dialog that makes a secret: the secret stands where the form was, and closing it forgets it. */
export function useSecret(): { open: boolean; change: (next: boolean) => void; secret: string | null; made: (sentence: string, once?: string) => void } {
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const change = (next: boolean) => {
    setOpen(next);
    if (!next) setSecret(null);
  };
  return { open, change, secret, made: (_sentence, once) => setSecret(once ?? '') };
}
