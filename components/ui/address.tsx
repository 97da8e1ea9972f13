'use client';
import { useSearchParams } from 'next/navigation';
import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from 'react';

const Asked = createContext('');

/** Above everything that reads the address. `search`: what stood behind the question mark when the document was asked for. */
export function AddressProvider({ search, children }: { search: string; children: ReactNode }) {
  return <Asked value={search}>{children}</Asked>;
}

/**
 * What stands behind the question mark of the browser's address, with what pages change there in place. Next's own hook lacks that on the server, where the page
 * is made without it (app/asked.ts); until the script is at work the address is the one that the document was made for.
 */
export function useAddress(): URLSearchParams {
  const params = useSearchParams();
  const asked = useContext(Asked);
  const search = useSyncExternalStore(never, () => params.toString(), () => asked);
  return useMemo(() => new URLSearchParams(search), [search]);
}

/** Next's hook tells of changes. */
function never(): () => void {
  return () => {};
}
