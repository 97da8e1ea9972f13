'use client';
import { ArrowRight, RefreshCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { AddSql } from '#components/sources/add-sql.tsx';
import { ArchiveSql } from '#components/sources/archive-sql.tsx';
import { SideSelect } from '#components/sources/side-select.tsx';
import { readAgain } from '#lib/actions/compare.ts';
import type { SourcesDto } from '#lib/dal/dto/compare.ts';
import type { CompareView } from './address.ts';
import { compareHref } from './address.ts';
import { useView } from './view.tsx';

/** Which two sides: the one that will change, and the one that it shall resemble. */
export function Sides({ sources, current, desired, mayAdd }: { sources: SourcesDto; current: string; desired: string; mayAdd: boolean }) {
  const router = useRouter();
  const { view } = useView();
  const go = (change: Partial<CompareView>) => router.push(compareHref(view, { ...change, object: null }));
  return (
    <div className="grid grid-cols-1 gap-2">
      <div className="grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] items-end gap-2">
        <SideSelect label="Current, will change" value={current} sources={sources} onChange={(name) => go(name === desired ? { current: desired, desired: current } : { current: name, desired })} />
        <ArrowRight size={16} aria-hidden="true" className="mb-2 text-ink-muted" />
        <SideSelect label="Desired" value={desired} sources={sources} onChange={(name) => go(name === current ? { current: desired, desired: current } : { current, desired: name })} />
      </div>
      {mayAdd ? (
        <div className="-ml-2 flex flex-wrap gap-2 empty:hidden">
          {sources.mayReplay ? <AddSql current={current} desired={desired} databases={sources.databases} /> : null}
          {[current, desired].filter((side) => sources.texts.some(({ name }) => name === side)).map((name) => <ArchiveSql key={name} name={name} />)}
        </div>
      ) : null}
    </div>
  );
}

export function ReadAgain({ current, desired }: { current: string; desired: string }) {
  return (
    <ActionForm action={readAgain} hidden={{ current, desired }}>
      <Submit look="plain" busy="Reading…">
        <RefreshCw size={14} aria-hidden="true" />
        Read again
      </Submit>
    </ActionForm>
  );
}
