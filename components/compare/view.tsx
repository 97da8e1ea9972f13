'use client';
import { useRouter } from 'next/navigation';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo, useRef, useState, useTransition } from 'react';
import { useAddress } from '#components/ui/address.tsx';
import { compareHref, readAddress, readCompareView, type CompareView } from './address.ts';

interface Viewing {
  view: CompareView;
  /** The same with what was pressed since the page was drawn last. */
  now: () => CompareView;
  /** Changes what is looked at, and the address with it, without asking the server for the page again. */
  go: (change: Partial<CompareView>, how?: 'push' | 'replace') => void;
  /** The name that is being typed: it filters at once and comes into the address when the hand rests. */
  type: (q: string) => void;
  typing: boolean;
  /** Asks the server for the whole page again: its head is of another moment than its parts. */
  refresh: () => void;
}

const Context = createContext<Viewing>({ view: readCompareView({}), now: () => readCompareView({}), go: () => {}, type: () => {}, typing: false, refresh: () => {} });

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
  // An address that was asked for and not drawn yet: who presses quickly goes on from there.
  const ahead = useRef<string | null>(null);
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
    if (ahead.current === heard.current) ahead.current = null;
  }, [params]);
  useEffect(() => {
    // The router hears of no step, back or forward, before all its effects have run.
    const late = setTimeout(() => {
      if (heard.current !== new URLSearchParams(window.location.search).toString()) window.history.replaceState(null, '', window.location.href);
    });
    // Back right after the address got what was typed: the page never heard of that address, and would go on showing it.
    const forget = () => {
      setTyped(null);
      ahead.current = null;
    };
    window.addEventListener('popstate', forget);
    return () => {
      clearTimeout(late);
      window.removeEventListener('popstate', forget);
    };
  }, []);
  const value = useMemo<Viewing>(() => {
    const viewAt = (address: URLSearchParams) => ({ ...readAddress(address), current, desired, ...(typed === null ? {} : { q: typed }) });
    const view = viewAt(params);
    const now = () => (ahead.current === null ? view : viewAt(new URLSearchParams(ahead.current)));
    const go: Viewing['go'] = (change, how = 'push') => {
      const href = compareHref(now(), change);
      // Where one stands already nothing will be drawn that ends this.
      ahead.current = !refreshing && isHere(href) ? null : new URL(href, window.location.href).search.slice(1);
      // The page that is on its way carries the old address, and would put it back: the new one waits for it.
      if (refreshing) later.current = { href, how };
      else move(href, how);
    };
    return { view, now, type: setTyped, typing: typed !== null, go, refresh: () => start(() => router.refresh()) };
  }, [params, current, desired, typed, refreshing, router]);
  return <Context value={value}>{children}</Context>;
}

function isHere(href: string): boolean {
  return href === `${window.location.pathname}${window.location.search}`;
}

function move(href: string, how: 'push' | 'replace'): void {
  if (isHere(href)) return;
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
