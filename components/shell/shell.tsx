import { Link } from '#components/ui/link.tsx';
import type { ReactNode } from 'react';
import type { PersonDto } from '#lib/dal/dto/people.ts';
import { WriterIs } from '#components/sheet/writer.tsx';
import { Keyboard } from './keyboard.tsx';
import { Nav } from './nav.tsx';
import type { Theme } from './theme.ts';
import { ViewerMenu } from './viewer-menu.tsx';
import { Wordmark } from './wordmark.tsx';

/** The frame of every page but sign-in: where one can go, who one is. It draws; loaders decide what may be seen. */
export function Shell({ viewer, theme, children }: { viewer: PersonDto; theme: Theme; children: ReactNode }) {
  return (
    <>
      <a href="#content" className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        Skip to content
      </a>
      <header className="sticky top-0 z-30 border-b border-line bg-surface print:hidden">
        <div className="mx-auto flex h-12 max-w-360 items-center gap-2 px-3 sm:gap-4 sm:px-6">
          <Link href="/" className="order-2 rounded md:order-none" aria-label="Countersign, home">
            <Wordmark />
          </Link>
          <Nav admin={viewer.roles.includes('admin')} />
          <div className="order-3 ml-auto">
            <ViewerMenu viewer={viewer} initialTheme={theme} />
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto max-w-360 px-3 pt-4 pb-20 outline-none sm:px-6 sm:pt-6 sm:pb-10 print:p-0">
        <WriterIs person={viewer.id}>{children}</WriterIs>
      </main>
      <Keyboard />
    </>
  );
}
