'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from '#components/ui/button.tsx';
import { classes } from '#components/ui/classes.ts';
import { ErrorNote } from '#components/ui/notes.tsx';
import type { CompareDto } from '#lib/dal/dto/compare.ts';
import { Aligned } from './aligned.tsx';
import type { CompareView } from './address.ts';
import { detailOf } from './ask.ts';
import { ChangeMark } from './change-mark.tsx';
import type { ColouredDetail } from './coloured.ts';
import { DecideButton } from './decide.tsx';
import { Decisions } from './decisions.tsx';
import { Definition } from './definition.tsx';
import { Estimate } from './estimate.tsx';
import { Renames } from './renames.tsx';
import { ScriptOfObject } from './script.tsx';
import { ChooseBox, useSelection } from './selection.tsx';
import { useView, ViewLink } from './view.tsx';
import { changeWord, KIND_WORDS } from './words.ts';

/** The object that the address names; the one before stays, dimmed, until it is here. */
export function OpenObject({ dto, first, mayAuthor }: { dto: CompareDto; first: ColouredDetail | null; mayAuthor: boolean }) {
  const { view } = useView();
  const fits = first !== null && first.group.id === view.object && first.stamp === dto.stamp && first.noise === view.noise;
  const { data, error, isPlaceholderData, refetch } = useQuery({ ...detailOf(view, dto.stamp), ...(fits ? { initialData: first } : {}), placeholderData: keepPreviousData });
  if (error) return <ErrorNote what={error.message} next={<Button onClick={() => void refetch()}>Try again</Button>} />;
  if (!data) {
    return (
      <output className="block animate-pulse-slow text-ink-muted" aria-live="polite">
        Loading…
      </output>
    );
  }
  return (
    <div aria-busy={isPlaceholderData} className={classes(isPlaceholderData && 'opacity-60')}>
      <p aria-live="polite" className="sr-only">
        {isPlaceholderData ? '' : `${data.group.name}, ${changeWord(data.group.change, dto.current.name, dto.desired.name)}`}
      </p>
      <Detail dto={dto} detail={data} mayAuthor={mayAuthor} />
    </div>
  );
}

const TABS: readonly { tab: CompareView['tab']; text: string }[] = [{ tab: 'aligned', text: 'Aligned' }, { tab: 'definition', text: 'Definition' }, { tab: 'sql', text: 'SQL' }];

/** One object on both sides. */
function Detail({ dto, detail, mayAuthor }: { dto: CompareDto; detail: ColouredDetail; mayAuthor: boolean }) {
  const { view } = useView();
  const { chosen } = useSelection();
  const { group } = detail;
  const open = group.deltas.filter((delta) => delta.decision === null).map((delta) => delta.id);
  const sides = { currentName: dto.current.name, desiredName: dto.desired.name };
  const word = changeWord(group.change, dto.current.name, dto.desired.name);
  return (
    <article aria-labelledby="object-name">
      <header className="mb-3 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 id="object-name" className="flex items-center gap-2 text-lg font-semibold">
            <ChooseBox ids={open} schema={group.schema} label={`Choose all differences of ${group.name}`} />
            <ChangeMark change={group.change} open={open.length > 0} word={word} />
            <span className="min-w-0 font-mono text-base break-all">{group.kind === 'schema' || group.schema === '' ? group.name : `${group.schema}.${group.name}`}</span>
          </h2>
          <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-ink-muted">
            <span>
              {KIND_WORDS[group.kind].one}, {word}
            </span>
            <Estimate name={dto.current.name} estimate={group.currentEstimate} />
            <Estimate name={dto.desired.name} estimate={group.desiredEstimate} />
          </p>
        </div>
        {mayAuthor && open.length > 0 ? <DecideButton name="decide" byKey={chosen.size === 0} ids={open} current={dto.current.name} desired={dto.desired.name} what={group.name} /> : null}
      </header>
      <Renames renames={detail.renames} groupId={group.id} current={dto.current.name} desired={dto.desired.name} mayAuthor={mayAuthor} />
      <Decisions deltas={group.deltas} current={dto.current.name} mayAuthor={mayAuthor} />
      <nav aria-label="Views of the object" className="flex gap-4 overflow-x-auto border-b border-line">
        {TABS.map(({ tab, text }) => (
          <ViewLink key={tab} change={{ tab }} aria-current={view.tab === tab ? 'page' : undefined} className={classes('-mb-px border-b-2 px-0.5 py-1.5 whitespace-nowrap -outline-offset-2', view.tab === tab ? 'border-ink font-medium text-ink' : 'border-transparent text-ink-muted hover:text-ink')}>
            {text}
          </ViewLink>
        ))}
      </nav>
      <div className="mt-3">
        {view.tab === 'definition' ? <Definition detail={detail} all={view.all} {...sides} /> : view.tab === 'sql' ? <ScriptOfObject detail={detail} {...sides} /> : <Aligned detail={detail} {...sides} />}
      </div>
    </article>
  );
}
