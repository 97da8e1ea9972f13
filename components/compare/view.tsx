'use client';
import { useRouter } from 'next/navigation';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo, useRef, useState, useTransition } from 'react';
import { useAddress } from '#components/ui/address.tsx';
import { compareHref, readAddress, readCompareView, type CompareView } from './address.ts';

interface Viewing {
  view: CompareView;
  /** Changes what is looked at, and the address with it, without asking the server for the page again. */
  go: (change: Partial<CompareView>, how?: 'push' | 'replace') => void;
  /** The name that is being typed: it filters at once and comes into the address when the hand rests. */
  type: (q: string) => void;
  typing: boolean;
  /** Asks the server for the whole page again: its head is of another moment than its parts. */
  refresh: () => void;
}

const Context = createContext<Viewing>({ view: readCompareView({}), go: () => {}, type: () => {}, typing: false, refresh: () => {} });

export function useView(): Viewing {
  return useContext(Context);
}

/** What is looked at stands in the address and nowhere else; the two sides are named even where the address leaves them out. */
export function ViewProvider({ current, desired, children }: { current: string; desired: string; children: ReactNode }) {
  const params = useAddress();
  const [typed, setTyped] = useState<string | null>(null);
  // Once the address has it, the address counts again: back must not find what was typed later.
  if (typed !== null && typed === (params.get('q') ?? '')) setTyped(null);
  const router = useRouter();
  const [refreshing, start] = useTransition();
  const later = useRef<{ href: string; how: 'push' | 'replace' } | null>(null);
  useEffect(() => {
    if (refreshing || later.current === null) return;
    const { href, how } = later.current;
    later.current = null;
    move(href, how);
  }, [refreshing]);
  const heard = useRef('');
  useEffect(() => {
    heard.current = params.toString();
  }, [params]);
  useEffect(() => {
    // The router hears of no step, back or forward, before all its effects have run.
    const late = setTimeout(() => {
      if (heard.current !== new URLSearchParams(window.location.search).toString()) window.history.replaceState(null, '', window.location.href);
    });
    // Back right after the address got what was typed: the page never heard of that address, and would go on showing it.
    const forget = () => setTyped(null);
    window.addEventListener('popstate', forget);
    return () => {
      clearTimeout(late);
      window.removeEventListener('popstate', forget);
    };
  }, []);
  const value = useMemo<Viewing>(() => {
    const address = { ...readAddress(new URLSearchParams(params)), current, desired };
    const view = typed === null ? address : { ...address, q: typed };
    const go: Viewing['go'] = (change, how = 'push') => {
      const href = compareHref(view, change);
      // The page that is on its way carries the old address, and would put it back: the new one waits for it.
      if (refreshing) later.current = { href, how };
      else move(href, how);
    };
    return { view, type: setTyped, typing: typed !== null, go, refresh: () => start(() => router.refresh()) };
  }, [params, current, desired, typed, refreshing, router]);
  return <Context value={value}>{children}</Context>;
}

function move(href: string, how: 'push' | 'replace'): void {
  if (href === `${window.location.pathname}${window.location.search}`) return;
  if (how === 'push') window.history.pushState(null, '', href);
  else window.history.replaceState(null, '', href);
}

/** A link to another view of the same comparison: an address that can be sent, and a press that loads no page. */
export function ViewLink({ change, onClick, children, ...rest }: { change: Partial<CompareView> } & Omit<ComponentProps<'a'>, 'href'>) {
  const { view, go } = useView();
  const press = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(change);
  };
  return (
    <a {...rest} href={compareHref(view, change)} onClick={press}>
      {children}
    </a>
  );
}
