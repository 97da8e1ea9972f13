import { Link } from '#components/ui/link.tsx';
import { count } from '#components/ui/format.ts';
import { classes } from '#components/ui/classes.ts';
import { Mono, PageHead } from '#components/ui/page.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PlanTextDto } from '#lib/dal/dto/plan-text.ts';
import { stepName } from './step-name.ts';
import { TakePassage } from './take-passage.tsx';

type Step = PlanTextDto['steps'][number];
type Note = PlanTextDto['noted'][number];

const NOTE_WORDS: Readonly<Record<Note['code'], string>> = { kept_open: 'kept open', left_out: 'left out', understood: 'understood', asks_for_value: 'asks for a value' };

/** The text as it was given, and beside each line what became of it. */
export function PlanText({ dto }: { dto: PlanTextDto }) {
  return (
    <>
      <PageHead
        above={
          <Link href={`/plans/${dto.planId}`} className="rounded hover:text-ink">
            {dto.planName}
          </Link>
        }
        title={<Mono>{dto.name}</Mono>}
        sentence={
          <p>
            {count(dto.lines.length, 'line')} as {dto.by} gave them <Time at={dto.at} /> · {count(dto.steps.length, 'step')} from {dto.carried.lines} of {dto.carried.of} lines · {count(dto.noted.length, 'note')}
          </p>
        }
      />
      <div className="border-y border-line py-2">
        {passagesOf(dto).map((passage) => (
          <Passage key={passage.from} passage={passage} plan={dto} />
        ))}
      </div>
    </>
  );
}

/** Lines in a row that belong to one step or to none, from one with something said about it to before the next. */
interface PassageOf {
  from: number;
  lines: readonly string[];
  step: Step | undefined;
  begins: readonly Step[];
  notes: readonly Note[];
}

function passagesOf(dto: PlanTextDto): PassageOf[] {
  const beginning = Map.groupBy(dto.steps, (step) => step.from);
  const notes = Map.groupBy(dto.noted, (note) => note.line);
  const stepAt = (line: number) => dto.steps.find((step) => step.from <= line && line <= step.to);
  const passages: (PassageOf & { lines: string[] })[] = [];
  dto.lines.forEach((text, index) => {
    const line = index + 1;
    const step = stepAt(line);
    const last = passages.at(-1);
    if (last && last.step?.id === step?.id && !beginning.has(line) && !notes.has(line)) last.lines.push(text);
    else passages.push({ from: line, lines: [text], step, begins: beginning.get(line) ?? [], notes: notes.get(line) ?? [] });
  });
  return passages;
}

/** What is said about a passage stands beside it where there is room, so that its lines stay together. */
function Passage({ passage, plan }: { passage: PassageOf; plan: PlanTextDto }) {
  const { from, lines, step, begins, notes } = passage;
  return (
    <div className="grid grid-cols-1 lg:grid-cols-[minmax(0,1fr)_minmax(16rem,24rem)] lg:gap-x-4">
      <ol start={from} className="font-mono text-[0.86rem] leading-6">
        {lines.map((text, index) => (
          <li key={from + index} id={`L${from + index}`} className="grid scroll-mt-24 grid-cols-[2.75rem_minmax(0,1fr)] target:bg-hover">
            <span aria-hidden="true" className={classes('border-r-2 pr-2 text-right text-ink-faint select-none', step ? (step.open ? 'border-red-ink' : 'border-green-solid') : 'border-transparent')}>
              {from + index}
            </span>
            <span className="min-w-0 pl-3 break-words whitespace-pre-wrap">{text === '' ? '\u00a0' : text}</span>
          </li>
        ))}
      </ol>
      {begins.length > 0 || notes.length > 0 ? (
        <div className="grid content-start gap-0.5 pt-0.5 pb-1 text-sm leading-5 max-lg:order-first max-lg:pl-[3.5rem]">
          {begins.map((one) => (
            <Link key={one.id} href={`/plans/${plan.planId}?phase=${encodeURIComponent(one.phaseId)}#${encodeURIComponent(one.id)}`} className="flex min-w-0 items-start gap-1.5 rounded underline decoration-line-strong underline-offset-2 hover:decoration-ink">
              <StateShape tone={one.open ? 'red' : 'green'} className="mt-1" />
              <span className="min-w-0 wrap-anywhere">
                {stepName(one)}
              </span>
            </Link>
          ))}
          {notes.map((note) => (
            <span key={`${note.code} ${note.sentence}`} className="flex min-w-0 items-start gap-1.5 text-ink-muted">
              <StateShape tone={note.code === 'kept_open' ? 'red' : note.code === 'asks_for_value' ? 'blue' : 'grey'} className="mt-1" />
              <span className="min-w-0 wrap-anywhere">
                <span className="text-ink">{NOTE_WORDS[note.code]}:</span> {note.sentence}
                {plan.mayEdit && note.take !== undefined ? <TakePassage planId={plan.planId} version={plan.version} line={note.take} /> : null}
              </span>
            </span>
          ))}
        </div>
      ) : null}
    </div>
  );
}
