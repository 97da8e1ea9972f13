import { LinkTabs } from '#components/ui/link-tabs.tsx';
import { QuantityText } from '#components/ui/quantity.tsx';
import { byteSize } from '#components/ui/format.ts';
import type { CompareDto, CompareDetailDto } from '#lib/dal/dto.ts';
import type { TableEstimate } from '#lib/pipeline/snapshot.ts';
import { Aligned } from './aligned.tsx';
import type { CompareView } from './address.ts';
import { compareHref } from './address.ts';
import { ChangeMark } from './change-mark.tsx';
import { DecideButton } from './decide.tsx';
import { Decisions } from './decisions.tsx';
import { Definition } from './definition.tsx';
import { ChooseBox } from './selection.tsx';
import { estimateQuantity, undecidedIds } from './tree.tsx';
import { changeWord, KIND_WORDS } from './words.ts';

/** One object on both sides. */
export function Detail({ dto, detail, view, mayAuthor }: { dto: CompareDto; detail: CompareDetailDto; view: CompareView; mayAuthor: boolean }) {
  const { group } = detail;
  const open = undecidedIds([group]);
  const sides = { currentName: dto.current.name, desiredName: dto.desired.name };
  return (
    <article aria-labelledby="object-name">
      <header className="mb-3 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 id="object-name" className="flex items-center gap-2 text-lg font-semibold">
            <ChooseBox ids={open} label={`Choose all differences of ${group.name}`} />
            <ChangeMark change={group.change} open={open.length > 0} word={changeWord(group.change, dto.current.name, dto.desired.name)} />
            <span className="min-w-0 font-mono text-base break-all">
              {group.kind === 'schema' ? group.name : `${group.schema}.${group.name}`}
            </span>
          </h2>
          <p className="mt-0.5 text-sm text-ink-muted">
            {KIND_WORDS[group.kind].one}, {changeWord(group.change, dto.current.name, dto.desired.name)}
            <Estimate name={dto.current.name} estimate={group.currentEstimate} />
            <Estimate name={dto.desired.name} estimate={group.desiredEstimate} />
          </p>
        </div>
        {mayAuthor && open.length > 0 ? <DecideButton ids={open} current={dto.current.name} desired={dto.desired.name} what={group.name} /> : null}
      </header>
      <Decisions deltas={group.deltas} current={dto.current.name} mayAuthor={mayAuthor} />
      <LinkTabs
        label="Views of the object"
        tabs={[
          { href: compareHref(view, { tab: 'aligned' }), text: 'Aligned', current: view.tab === 'aligned' },
          { href: compareHref(view, { tab: 'definition' }), text: 'Definition', current: view.tab === 'definition' },
        ]}
      />
      <div className="mt-3">{view.tab === 'definition' ? <Definition detail={detail} all={view.all} {...sides} /> : <Aligned detail={detail} view={view} {...sides} />}</div>
    </article>
  );
}

function Estimate({ name, estimate }: { name: string; estimate: TableEstimate | null }) {
  if (!estimate) return null;
  return (
    <>
      {' · '}
      {name} <QuantityText of={estimateQuantity(estimate)} /> rows, {byteSize(estimate.bytes)}
    </>
  );
}
