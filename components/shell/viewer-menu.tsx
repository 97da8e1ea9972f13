'use client';
import { Bell, CalendarClock, Check, ChevronDown, KeyRound, Keyboard, LogOut, UserRound } from 'lucide-react';
import { Link } from '#components/ui/link.tsx';
import { signOut } from 'next-auth/react';
import { DropdownMenu as Menu } from 'radix-ui';
import { useState } from 'react';
import type { PersonDto } from '#lib/dal/dto/people.ts';
import { SHOW_KEYS } from './keys.ts';
import { useAwake } from '#components/ui/use-awake.ts';
import type { Theme } from './theme.ts';
import { THEMES, THEME_COOKIE, toTheme } from './theme.ts';

const ITEM = 'flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 outline-none data-highlighted:bg-hover';
const THEME_WORDS: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };

const OWN_PAGES = [
  { href: '/account', name: 'Your account', Icon: UserRound },
  { href: '/notifications', name: 'Notifications', Icon: Bell },
  { href: '/policy', name: 'Policy', Icon: CalendarClock },
  { href: '/tokens', name: 'Tokens', Icon: KeyRound },
];

export function ViewerMenu({ viewer, initialTheme }: { viewer: PersonDto; initialTheme: Theme }) {
  const [theme, setTheme] = useState(initialTheme);
  const awake = useAwake();
  const choose = (next: Theme) => {
    setTheme(next);
    keepTheme(next);
  };
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger disabled={!awake} className="flex h-8 items-center gap-1.5 rounded-md px-2 text-left hover:bg-hover">
        <span className="font-medium">{viewer.name}</span>
        <span className="hidden text-sm text-ink-muted lg:inline">{viewer.roles.join(', ')}</span>
        <span className="sr-only">, menu</span>
        <ChevronDown size={14} aria-hidden="true" className="text-ink-muted" />
      </Menu.Trigger>
      <Menu.Content align="end" sideOffset={4} className="z-50 w-60 rounded-lg border border-line bg-surface p-1 shadow-xl">
        <div className="px-2 py-1.5">
          <p className="font-medium">{viewer.name}</p>
          <p className="text-sm break-all text-ink-muted">{viewer.email}</p>
          <p className="text-sm text-ink-muted">{viewer.roles.join(', ') || 'no role'}</p>
        </div>
        <Menu.Separator className="my-1 h-px bg-line" />
        <Menu.Label className="px-2 py-1 text-xs text-ink-muted">Theme</Menu.Label>
        <Menu.RadioGroup value={theme} onValueChange={(value) => choose(toTheme(value))}>
          {THEMES.map((each) => (
            <Menu.RadioItem key={each} value={each} className={ITEM} onSelect={(event) => event.preventDefault()}>
              <span className="w-4">
                <Menu.ItemIndicator>
                  <Check size={14} aria-hidden="true" />
                </Menu.ItemIndicator>
              </span>
              {THEME_WORDS[each]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Separator className="my-1 h-px bg-line" />
        {OWN_PAGES.map(({ href, name, Icon }) => (
          <Menu.Item key={href} asChild>
            <Link href={href} className={ITEM}>
              <Icon size={14} aria-hidden="true" className="text-ink-muted" />
              {name}
            </Link>
          </Menu.Item>
        ))}
        <Menu.Item className={ITEM} onSelect={() => window.dispatchEvent(new Event(SHOW_KEYS))}>
          <Keyboard size={14} aria-hidden="true" className="text-ink-muted" />
          Keyboard
          <kbd className="ml-auto font-mono text-xs text-ink-muted">?</kbd>
        </Menu.Item>
        <Menu.Item className={ITEM} onSelect={() => signOut({ callbackUrl: '/sign-in' })}>
          <LogOut size={14} aria-hidden="true" className="text-ink-muted" />
          Sign out
        </Menu.Item>
      </Menu.Content>
    </Menu.Root>
  );
}

/** The cookie lets the server draw the next page in the right theme at once. */
function keepTheme(theme: Theme): void {
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
  document.documentElement.dataset.theme = theme;
}
