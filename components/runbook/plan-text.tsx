import Link from 'next/link';
import { count } from '#components/ui/format.ts';
import { classes } from '#components/ui/classes.ts';
import { Mono, PageHead } from '#components/ui/page.tsx';
import { StateShape } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PlanTextDto } from '#lib/dal/dto.ts';

type Step = PlanTextDto['steps'][number];
type Note = PlanTextDto['noted'][number];

const NOTE_WORDS: Readonly<Record<Note['code'], string>> = { kept_open: 'kept open', left_out: 'left out', understood: 'understood', asks_for_value: 'asks for a value' };

/** The text as it was given, and beside each line what became of it. */
export function PlanText({ dto }: { dto: PlanTextDto }) {
  const beginning = Map.groupBy(dto.steps, (step) => step.from);
  const notes = Map.groupBy(dto.noted, (note) => note.line);
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
      <ol className="border-y border-line py-2 font-mono text-[0.86rem] leading-6" aria-label="Lines of the text">
        {dto.lines.map((line, at) => (
          <Line key={at} number={at + 1} text={line} inside={dto.steps.find((step) => step.from <= at + 1 && at + 1 <= step.to)} begins={beginning.get(at + 1) ?? []} notes={notes.get(at + 1) ?? []} planId={dto.planId} />
        ))}
      </ol>
    </>
  );
}

function Line({ number, text, inside, begins, notes, planId }: { number: number; text: string; inside: Step | undefined; begins: readonly Step[]; notes: readonly Note[]; planId: string }) {
  return (
    <li id={`L${number}`} className="grid scroll-mt-24 grid-cols-[2.75rem_minmax(0,1fr)] target:bg-hover lg:grid-cols-[2.75rem_minmax(0,1fr)_minmax(16rem,24rem)]">
      <span aria-hidden="true" className={classes('border-r-2 pr-2 text-right text-ink-faint select-none', inside ? (inside.open ? 'border-red-ink' : 'border-green-solid') : 'border-transparent')}>
        {number}
      </span>
      <span className="min-w-0 pl-3 break-words whitespace-pre-wrap">{text === '' ? ' ' : text}</span>
      {begins.length > 0 || notes.length > 0 ? (
        <span className="col-start-2 grid gap-0.5 pb-1 pl-3 font-sans text-sm leading-5 lg:col-start-3 lg:pt-0.5 lg:pb-0">
          {begins.map((step) => (
            <Link key={step.id} href={`/plans/${planId}?phase=${encodeURIComponent(step.phaseId)}#${encodeURIComponent(step.id)}`} className="flex min-w-0 items-start gap-1.5 rounded underline decoration-line-strong underline-offset-2 hover:decoration-ink">
              <StateShape tone={step.open ? 'red' : 'green'} className="mt-0.5" />
              <span className="min-w-0 wrap-anywhere">
                Step {step.number} {step.open ? '(still open): ' : ''}
                {step.title}
              </span>
            </Link>
          ))}
          {notes.map((note) => (
            <span key={`${note.code} ${note.sentence}`} className="flex min-w-0 items-start gap-1.5 text-ink-muted">
              <StateShape tone={note.code === 'kept_open' ? 'red' : note.code === 'asks_for_value' ? 'blue' : 'grey'} className="mt-0.5" />
              <span className="min-w-0 wrap-anywhere">
                <span className="text-ink">{NOTE_WORDS[note.code]}:</span> {note.sentence}
              </span>
            </span>
          ))}
        </span>
      ) : null}
    </li>
  );
}
