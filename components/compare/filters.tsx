import Link from 'next/link';
import { classes } from '#components/ui/classes.ts';
import type { CompareDto } from '#lib/dal/dto.ts';
import type { CompareView } from './address.ts';
import { compareHref } from './address.ts';
import { SearchField } from './search-field.tsx';
import { KIND_WORDS } from './words.ts';

/** Filter by name, by kind of difference and by kind of object, each with its count. */
export function Filters({ dto, view }: { dto: CompareDto; view: CompareView }) {
  const { totals } = dto;
  return (
    <div className="grid gap-2">
      <SearchField view={view} />
      <Row label="Kind of difference">
        <Chip href={compareHref(view, { change: null })} on={view.change === null} text="all" />
        <Chip href={compareHref(view, { change: 'change' })} on={view.change === 'change'} text="different" count={totals.different} />
        <Chip href={compareHref(view, { change: 'add' })} on={view.change === 'add'} text={`only in ${dto.desired.name}`} count={totals.onlyDesired} />
        <Chip href={compareHref(view, { change: 'remove' })} on={view.change === 'remove'} text={`only in ${dto.current.name}`} count={totals.onlyCurrent} />
      </Row>
      <Row label="Kind of object">
        <Chip href={compareHref(view, { kind: null })} on={view.kind === null} text="all" />
        {dto.byKind.map((each) => {
          const differing = each.onlyCurrent + each.onlyDesired + each.different;
          return differing > 0 || view.kind === each.kind ? <Chip key={each.kind} href={compareHref(view, { kind: each.kind })} on={view.kind === each.kind} text={KIND_WORDS[each.kind].many} count={differing} /> : null;
        })}
      </Row>
    </div>
  );
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-1">
      {children}
    </nav>
  );
}

function Chip({ href, on, text, count }: { href: string; on: boolean; text: string; count?: number }) {
  return (
    <Link
      href={href}
      scroll={false}
      aria-current={on ? 'true' : undefined}
      className={classes('rounded-full border px-2 py-0.5 text-xs', on ? 'border-ink bg-ink text-ground' : 'border-line text-ink-muted hover:bg-hover hover:text-ink')}
    >
      {text}
      {count === undefined ? null : ` ${count}`}
    </Link>
  );
}
