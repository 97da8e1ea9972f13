import { useSyncExternalStore } from 'react';

const never = (): (() => void) => () => undefined;

/** Whether the script of the page has come; false in what the server sends. */
export function useAwake(): boolean {
  return useSyncExternalStore(never, () => true, () => false);
}
