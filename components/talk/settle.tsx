'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { resolveChangeRequest } from '#lib/actions/review.ts';
import { reopenThread, settleThread } from '#lib/actions/threads.ts';
import { useTalk } from './talk.tsx';

/** Settles a thread, or opens it again. A request for changes is settled for good: another one is asked instead. */
export function Settle({ thread }: { thread: { id: string; kind: 'comment' | 'request'; settled: boolean } }) {
  const { planId } = useTalk();
  if (thread.kind === 'request' && thread.settled) return null;
  const request = thread.kind === 'request';
  return (
    <ActionForm action={request ? resolveChangeRequest : thread.settled ? reopenThread : settleThread} hidden={request ? { changeRequestId: thread.id } : { planId, threadId: thread.id }}>
      <Submit look={request ? 'plain' : 'quiet'} size="sm" busy="…">
        {thread.settled ? 'Open again' : 'Mark as settled'}
      </Submit>
    </ActionForm>
  );
}
