'use client';
import { useEffect, useState } from 'react';

/** By address, as long as the page is open: only what never changes under its address is asked for so. */
const answers = new Map<string, Promise<unknown>>();

/** What the server answers under an address; null while it is on its way. A failure is forgotten, so that opening again asks again. */
export function useAnswer<T>(address: string): T | 'failed' | null {
  const [state, setState] = useState<{ address: string; answer: T | 'failed' } | null>(null);
  useEffect(() => {
    let gone = false;
    const tell = (answer: T | 'failed'): void => {
      if (!gone) setState({ address, answer });
    };
    ask(address).then((answer) => tell(answer as T), () => tell('failed'));
    return () => {
      gone = true;
    };
  }, [address]);
  return state?.address === address ? state.answer : null;
}

function ask(address: string): Promise<unknown> {
  const known = answers.get(address);
  if (known) return known;
  const asked = fetch(address).then(async (response) => {
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    return (await response.json()) as unknown;
  });
  answers.set(address, asked);
  asked.catch(() => answers.delete(address));
  return asked;
}
