'use client';
import { ArrowLeft, ArrowLeftRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ButtonLink } from '#components/ui/button.tsx';
import { classes } from '#components/ui/classes.ts';
import { count, exactNumber } from '#components/ui/format.ts';
import { SourceNotes } from '#components/sources/source-notes.tsx';
import { EmptyState } from '#components/ui/notes.tsx';
import { PageHead } from '#components/ui/page.tsx';
import { Time } from '#components/ui/time.tsx';
import type { CompareDto } from '#lib/dal/dto/compare.ts';
import { compareHref, type CompareView } from './address.ts';
import { ChoiceBar, ChooseAll } from './choice-bar.tsx';
import type { ColouredDetail } from './coloured.ts';
import { OpenObject } from './detail.tsx';
import { Export, Filters, LeftOut } from './filters.tsx';
import { LapsedRenames, RenamesAsked } from './renames.tsx';
import { SelectionProvider } from './selection.tsx';
import { ReadAgain, Sides } from './sides.tsx';
import { Tree } from './tree.tsx';
import { useCompareKeys } from './use-keys.ts';
import { useList } from './use-list.ts';
import { useView, ViewLink } from './view.tsx';

interface CompareProps {
  /** What the server was asked for and has answered; the address may be another by the time the script comes. */
  asked: CompareView;
  dto: CompareDto;
  detail: ColouredDetail | null;
  /** May decide and plan. */
  mayAuthor: boolean;
  /** May add SQL to compare with. */
  mayAdd: boolean;
}

/** The two databases object by object: list on the left, one object on the right; on a phone one of the two. */
export function Compare({ asked, dto, detail, mayAuthor, mayAdd }: CompareProps) {
  const { view } = useView();
  const current = dto.current.name;
  const desired = dto.desired.name;
  // On a phone the open object is the page: what can be done with the whole comparison stands over its list.
  const besideList = view.object ? 'max-lg:hidden' : undefined;
  return (
    <SelectionProvider key={`${current} ${desired}`} stamp={dto.stamp}>
      <PageHead
        title={
          <>
            <span className="font-mono">{current}</span> <span className="text-ink-muted">→</span> <span className="font-mono">{desired}</span>
          </>
        }
        above="Compare"
        sentence={<Sentence dto={dto} />}
        tools={
          <span className={classes('flex gap-2', besideList)}>
            <ButtonLink href={compareHref(view, { current: desired, desired: current, object: null })} icon={<ArrowLeftRight size={14} aria-hidden="true" />}>
              Swap
            </ButtonLink>
            <ReadAgain current={current} desired={desired} />
          </span>
        }
      >
        <div className={besideList}>
          <ReadAt dto={dto} />
        </div>
      </PageHead>
      <SourceNotes dto={dto} />
      <LapsedRenames lapsed={dto.renames.lapsed} mayAuthor={mayAuthor} />
      <Panes key={`${current} ${desired}`} asked={asked} dto={dto} detail={detail} mayAuthor={mayAuthor} mayAdd={mayAdd} />
      <ChoiceBar current={current} desired={desired} mayAuthor={mayAuthor} />
    </SelectionProvider>
  );
}

/** Both panes keep their place while the page scrolls, and scroll by themselves. */
const PANE = 'lg:sticky lg:top-14 lg:max-h-[calc(100dvh-4rem)]';

function Panes({ asked, dto, detail, mayAuthor, mayAdd }: CompareProps) {
  const { view } = useView();
  const [first] = useState(asked);
  const list = useList(dto, first, view);
  useFresh(dto.stamp, list.sums.stamp);
  useCompareKeys(list);
  const sides = { currentName: dto.current.name, desiredName: dto.desired.name };
  return (
    <div className="grid grid-cols-1 items-start gap-x-8 gap-y-4 lg:grid-cols-[25rem_minmax(0,1fr)]">
      <div className={`flex flex-col gap-3 ${PANE} ${view.object ? 'max-lg:hidden' : ''}`}>
        <Sides sources={dto.sources} current={dto.current.name} desired={dto.desired.name} mayAdd={mayAdd} />
        <Filters dto={dto} sums={list.sums} />
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          <LeftOut dto={dto} sums={list.sums} />
          <Export />
        </div>
        <RenamesAsked renames={dto.renames} />
        {mayAuthor && list.sums.open > 0 ? (
          <div className="-mt-1 -ml-2">
            <ChooseAll open={list.sums.open} />
          </div>
        ) : null}
        <Tree list={list} {...sides} />
      </div>
      <div className={`min-w-0 lg:overflow-y-auto lg:pb-14 ${PANE}`}>
        {view.object ? (
          <>
            <ViewLink change={{ object: null }} className="mb-3 inline-flex items-center gap-1 rounded text-ink-muted hover:text-ink lg:hidden">
              <ArrowLeft size={14} aria-hidden="true" />
              All objects
            </ViewLink>
            <OpenObject dto={dto} first={detail} mayAuthor={mayAuthor} />
          </>
        ) : (
          <Invitation dto={dto} />
        )}
      </div>
    </div>
  );
}

/** Somebody else decided, or read the databases again: the head of the page belongs to another moment than its list. Asked for once each. */
function useFresh(shown: string, come: string): void {
  const { refresh } = useView();
  const asked = useRef<string | null>(null);
  useEffect(() => {
    if (shown === come || asked.current === come) return;
    asked.current = come;
    refresh();
  }, [shown, come, refresh]);
}

function Invitation({ dto }: { dto: CompareDto }) {
  const { totals, current, desired } = dto;
  const differ = totals.onlyDesired + totals.onlyCurrent + totals.different;
  if (current.name === desired.name) return <EmptyState title={`Both sides are ${current.name}`}>Choose another database, an earlier reading of this one, SQL or a folder of migrations as one of the sides. A database stands in the lists when it is declared.</EmptyState>;
  if (differ === 0) {
    return (
      <EmptyState title={`${current.name} and ${desired.name} are identical`}>
        All {count(totals.whole.objects, 'table or other object', 'tables and other objects')} are the same on both sides{totals.noise > 0 ? `, but for ${exactNumber(totals.noise)} hidden differences in owners, grants, comments and the like` : ''}.
      </EmptyState>
    );
  }
  return (
    <div className="max-lg:hidden">
      {totals.decided === differ ? (
        <EmptyState title={`${current.name} has nothing left to answer`}>Every difference to {desired.name} is decided.</EmptyState>
      ) : (
        <EmptyState title="Choose an object in the list">Its columns, constraints and indexes will stand here, {current.name} beside {desired.name}. Tick what a plan shall change, or decide that it stays as it is.</EmptyState>
      )}
    </div>
  );
}

function Sentence({ dto }: { dto: CompareDto }) {
  const { totals } = dto;
  const differ = totals.onlyDesired + totals.onlyCurrent + totals.different;
  const hidden = Map.groupBy([...dto.current.notCompared, ...dto.desired.notCompared], (each) => each.kind);
  const hiddenCount = [...hidden.values()].reduce((sum, each) => sum + Math.max(...each.map((one) => one.count)), 0);
  const { whole } = totals;
  const notCompared = hiddenCount > 0 ? <span title={[...hidden.keys()].join(', ')}>{` ${exactNumber(hiddenCount)} of other kinds not compared (${[...hidden.keys()].join(', ')}).`}</span> : null;
  if (differ === 0) return <p>{count(whole.objects, 'table or other object', 'tables and other objects')}, all identical.{notCompared}</p>;
  return (
    <p>
      {count(whole.objects, 'table or other object', 'tables and other objects')}, {exactNumber(whole.identical)} identical. {count(differ, 'difference')} in the rest{totals.decided > 0 ? `, ${exactNumber(totals.decided)} of them decided` : ''}: {exactNumber(totals.onlyDesired)} only in {dto.desired.name},{' '}
      {exactNumber(totals.onlyCurrent)} only in {dto.current.name}, {exactNumber(totals.different)} different.
      {notCompared}
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
