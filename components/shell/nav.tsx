'use client';
import { Menu as MenuIcon } from 'lucide-react';
import { Link } from '#components/ui/link.tsx';
import { usePathname } from 'next/navigation';
import { DropdownMenu as Menu } from 'radix-ui';
import { classes } from '#components/ui/classes.ts';
import { useAwake } from '#components/ui/use-awake.ts';
import { PLACES } from './keys.ts';

interface Place {
  href: string;
  name: string;
}

function placesFor(admin: boolean): readonly Place[] {
  return admin ? [...PLACES, { href: '/policy', name: 'Policy' }, { href: '/people', name: 'People' }] : PLACES;
}

function isHere(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`) || (href === '/plans' && path.startsWith('/runs/'));
}

export function Nav({ admin }: { admin: boolean }) {
  const path = usePathname();
  const awake = useAwake();
  return (
    <>
      <nav aria-label="Main" className="hidden items-center gap-0.5 md:flex">
        {placesFor(admin).map((place) => (
          <Link
            key={place.href}
            href={place.href}
            aria-current={isHere(path, place.href) ? 'page' : undefined}
            className={classes('rounded-md px-2.5 py-1.5', isHere(path, place.href) ? 'bg-hover font-medium text-ink' : 'text-ink-muted hover:bg-hover hover:text-ink')}
          >
            {place.name}
          </Link>
        ))}
      </nav>
      <Menu.Root modal={false}>
        <Menu.Trigger disabled={!awake} className="rounded-md p-2 hover:bg-hover md:hidden" aria-label="Go to">
          <MenuIcon size={18} aria-hidden="true" />
        </Menu.Trigger>
        <Menu.Content align="start" sideOffset={4} className="z-50 w-52 rounded-lg border border-line bg-surface p-1 shadow-xl">
          {placesFor(admin).map((place) => (
            <Menu.Item key={place.href} asChild>
              <Link href={place.href} aria-current={isHere(path, place.href) ? 'page' : undefined} className={classes('block rounded px-2 py-2 outline-none data-highlighted:bg-hover', isHere(path, place.href) && 'font-medium')}>
                {place.name}
              </Link>
            </Menu.Item>
          ))}
        </Menu.Content>
      </Menu.Root>
    </>
  );
}
