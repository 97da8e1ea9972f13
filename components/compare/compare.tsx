import { ArrowLeft, ArrowLeftRight } from 'lucide-react';
import Link from 'next/link';
import { ButtonLink } from '#components/ui/button.tsx';
import { exactNumber } from '#components/ui/format.ts';
import { EmptyState } from '#components/ui/notes.tsx';
import { PageHead } from '#components/ui/page.tsx';
import { Time } from '#components/ui/time.tsx';
import type { CompareDto } from '#lib/dal/dto.ts';
import type { CompareView } from './address.ts';
import { compareHref, filterGroups } from './address.ts';
import { ChoiceBar, ChooseAll } from './choice-bar.tsx';
import { Detail } from './detail.tsx';
import { Filters } from './filters.tsx';
import { SelectionProvider } from './selection.tsx';
import { ReadAgain, Sides } from './sides.tsx';
import { Tree, undecidedIds } from './tree.tsx';

/** The two databases object by object: list on the left, one object on the right; on a phone one of the two. */
export function Compare({ dto, view, mayAuthor }: { dto: CompareDto; view: CompareView; mayAuthor: boolean }) {
  const current = dto.current.name;
  const desired = dto.desired.name;
  const filtered = filterGroups(dto.groups, view);
  const open = undecidedIds(dto.groups);
  return (
    <SelectionProvider key={`${current} ${desired}`} known={open}>
      <PageHead
        title={
          <>
            <span className="font-mono">{current}</span> <span className="text-ink-muted">→</span> <span className="font-mono">{desired}</span>
          </>
        }
        above="Compare"
        sentence={<Sentence dto={dto} />}
        tools={
          <>
            <ButtonLink href={compareHref(view, { current: desired, desired: current, object: null })} icon={<ArrowLeftRight size={14} aria-hidden="true" />}>
              Swap
            </ButtonLink>
            <ReadAgain current={current} desired={desired} />
          </>
        }
      >
        <ReadAt dto={dto} />
      </PageHead>
      <div className="grid items-start gap-x-8 gap-y-4 grid-cols-1 lg:grid-cols-[25rem_minmax(0,1fr)]">
        <div className={`grid grid-cols-1 gap-3 ${dto.detail ? 'max-lg:hidden' : ''}`}>
          <Sides databases={dto.databases} current={current} desired={desired} view={view} />
          <Filters dto={dto} view={view} />
          {mayAuthor ? (
            <div>
              <ChooseAll ids={open} />
            </div>
          ) : null}
          <Tree filtered={filtered} view={view} currentName={current} desiredName={desired} noise={dto.noise} />
        </div>
        <div className="min-w-0 lg:sticky lg:top-16 lg:max-h-[calc(100dvh-5rem)] lg:overflow-y-auto lg:pb-12">
          {dto.detail ? (
            <>
              <Link href={compareHref(view, { object: null })} scroll={false} className="mb-3 inline-flex items-center gap-1 rounded text-ink-muted hover:text-ink lg:hidden">
                <ArrowLeft size={14} aria-hidden="true" />
                All objects
              </Link>
              <Detail dto={dto} detail={dto.detail} view={view} mayAuthor={mayAuthor} />
            </>
          ) : (
            <div className="max-lg:hidden">
              {open.length === 0 ? (
                <EmptyState title={`${current} has nothing left to answer`}>Every difference to {desired} is decided, or there is none.</EmptyState>
              ) : (
                <EmptyState title="Choose an object in the list">Its columns, constraints and indexes will stand here, {current} beside {desired}. Tick what a plan shall change, or decide that it stays as it is.</EmptyState>
              )}
            </div>
          )}
        </div>
      </div>
      <ChoiceBar current={current} desired={desired} mayAuthor={mayAuthor} />
    </SelectionProvider>
  );
}

function Sentence({ dto }: { dto: CompareDto }) {
  const { totals } = dto;
  const differ = totals.onlyDesired + totals.onlyCurrent + totals.different;
  const hidden = [...dto.current.notCompared, ...dto.desired.notCompared];
  const hiddenKinds = Map.groupBy(hidden, (each) => each.kind);
  const hiddenCount = [...hiddenKinds.values()].reduce((sum, each) => sum + Math.max(...each.map((one) => one.count)), 0);
  if (differ === 0) return <p>{exactNumber(totals.objects)} objects, all identical.</p>;
  return (
    <p>
      {exactNumber(totals.objects)} objects, {exactNumber(totals.identical)} identical, {exactNumber(differ)} differ: {exactNumber(totals.onlyDesired)} only in {dto.desired.name}, {exactNumber(totals.onlyCurrent)} only in {dto.current.name},{' '}
      {exactNumber(totals.different)} different
      {hiddenCount > 0 ? <span title={[...hiddenKinds.keys()].join(', ')}>{`; ${exactNumber(hiddenCount)} of other kinds not compared (${[...hiddenKinds.keys()].join(', ')})`}</span> : null}
      {totals.decided > 0 ? `; ${exactNumber(totals.decided)} decided` : null}.
    </p>
  );
}

function ReadAt({ dto }: { dto: CompareDto }) {
  return (
    <p className="mt-0.5 text-sm text-ink-muted">
      {[dto.current, dto.desired].map((side, index) => (
        <span key={side.name}>
          {index === 0 ? null : ' · '}
          {side.name} read <Time at={side.takenAt} />, fingerprint <code className="font-mono" title={side.fingerprint}>{side.fingerprint.slice(0, 8)}</code>
        </span>
      ))}
    </p>
  );
}
