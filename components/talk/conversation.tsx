import { Link } from '#components/ui/link.tsx';
import { Fold } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanPageDto } from '#lib/dal/dto/plan.ts';
import type { CommentDto, ThreadDto } from '#lib/dal/dto/talk.ts';
import { Answer, SayHere } from './answer.tsx';
import { Settle } from './settle.tsx';

/** Everything that is said about the plan, the open phase and its steps: comments and requests for changes as one conversation. */
export function Conversation({ plan, open }: { plan: PlanPageDto; open: PhaseDto }) {
  const here = plan.talk.threads.filter((thread) => thread.phaseId === null || thread.phaseId === open.phase.id);
  const unsettled = here.filter((thread) => thread.settled === null);
  const settled = here.filter((thread) => thread.settled !== null);
  return (
    <Section id="conversation" title="Conversation" aside={unsettled.length > 0 ? `${unsettled.length} open` : null}>
      <Elsewhere plan={plan} open={open} />
      <Threads threads={unsettled} plan={plan} open={open} />
      {settled.length > 0 ? (
        <div className="my-2">
          <Fold name="settled" summary={`${count(settled.length, 'settled thread')}`}>
            <Threads threads={settled} plan={plan} open={open} />
          </Fold>
        </div>
      ) : null}
      <SayHere number={open.number} />
    </Section>
  );
}

/** Open threads in phases that are not on the screen. */
function Elsewhere({ plan, open }: { plan: PlanPageDto; open: PhaseDto }) {
  const others = plan.phases.flatMap((phase) => {
    const threads = phase === open ? 0 : plan.talk.threads.filter((thread) => thread.settled === null && thread.phaseId === phase.phase.id).length;
    return threads > 0 ? [{ phase, threads }] : [];
  });
  if (others.length === 0) return null;
  return (
    <p className="mb-2 text-sm text-ink-muted">
      Open in other phases:{' '}
      {others.map(({ phase, threads }, index) => (
        <span key={phase.phase.id}>
          {index === 0 ? null : ' · '}
          <Link href={`/plans/${plan.plan.id}?phase=${encodeURIComponent(phase.phase.id)}#conversation`} className="rounded underline decoration-line-strong underline-offset-2 hover:text-ink">
            {threads} in phase {phase.number}
          </Link>
        </span>
      ))}
    </p>
  );
}

interface Shown {
  plan: PlanPageDto;
  open: PhaseDto;
}

function Threads({ threads, plan, open }: Shown & { threads: readonly ThreadDto[] }) {
  if (threads.length === 0) return null;
  return (
    <ul className="border-t border-line" aria-label="Threads">
      {threads.map((thread) => (
        <li key={thread.id} className="border-b border-line py-2.5">
          <Thread thread={thread} plan={plan} open={open} />
        </li>
      ))}
    </ul>
  );
}

function Thread({ thread, plan, open }: Shown & { thread: ThreadDto }) {
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-muted">
        {thread.kind === 'request' ? (
          <StateMark tone={thread.settled ? 'grey' : 'red'} plain>
            request for changes
          </StateMark>
        ) : null}
        <About thread={thread} open={open} />
        {thread.settled ? (
          <span>
            settled{thread.settled.by === null ? '' : ` by ${thread.settled.by}`} <Time at={thread.settled.at} />
          </span>
        ) : null}
        {thread.maySettle ? <Settle thread={{ id: thread.id, kind: thread.kind, settled: thread.settled !== null }} /> : null}
      </div>
      <ol>
        {thread.comments.map((comment, index) => (
          <Comment key={comment.id} comment={comment} current={plan.version} answer={index > 0} />
        ))}
      </ol>
      {thread.settled ? null : <Answer to={{ id: thread.id, kind: thread.kind }} by={thread.comments[0]?.by ?? ''} />}
    </>
  );
}

function About({ thread, open }: { thread: ThreadDto; open: PhaseDto }) {
  if (thread.stepId !== null) {
    return (
      <a href={`#${thread.stepId}`} className="min-w-0 rounded wrap-anywhere underline decoration-line-strong underline-offset-2 hover:text-ink">
        {thread.about}
      </a>
    );
  }
  return <span className="min-w-0 wrap-anywhere">{thread.about !== '' ? thread.about : thread.phaseId === null ? 'the whole plan' : `phase ${open.number}`}</span>;
}

function Comment({ comment, current, answer }: { comment: CommentDto; current: number; answer: boolean }) {
  return (
    <li id={`said-${comment.id}`} className={`mt-1.5 scroll-mt-20 rounded target:bg-hover ${answer ? 'ml-3 border-l-2 border-line pl-3' : ''}`}>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{comment.by}</span>
        <span className="text-sm text-ink-muted">
          <Time at={comment.at} />
          {comment.version === current ? null : ` · on version ${comment.version}`}
        </span>
      </p>
      <p className="max-w-prose whitespace-pre-line wrap-anywhere">
        {comment.parts.map((part, index) => {
          if (part.is === 'code') return <code key={index} className="rounded bg-sunken px-1 font-mono text-[0.93em]">{part.text}</code>;
          return part.is === 'mention' ? <span key={index} className="font-medium">@{part.text}</span> : <span key={index}>{part.text}</span>;
        })}
      </p>
    </li>
  );
}
