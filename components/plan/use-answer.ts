'use client';
import { useQuery } from '@tanstack/react-query';

/** What the server answers under an address; null while it is on its way. For what never changes under its address: it is asked once, and a failure again when it is opened again. */
export function useAnswer<T>(address: string): T | 'failed' | null {
  const { data, isError } = useQuery({ queryKey: ['opened', address], queryFn: ({ signal }) => ask<T>(address, signal), staleTime: Infinity, gcTime: Infinity, retry: false });
  return data ?? (isError ? 'failed' : null);
}

async function ask<T>(address: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(address, { signal, headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return (await response.json()) as T;
}
