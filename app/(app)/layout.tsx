import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { Shell } from '#components/shell/shell.tsx';
import { THEME_COOKIE, toTheme } from '#components/shell/theme.ts';
import { loadViewer } from '#lib/dal/load-viewer.ts';

/** The frame. It decides nothing: without a viewer the page itself leads to the sign-in page. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  const viewer = await loadViewer();
  if (!viewer) return children;
  const theme = toTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <Shell viewer={viewer} theme={theme}>
      {children}
    </Shell>
  );
}
