'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { stopStart } from '#lib/actions/starts.ts';
import type { ScheduledStartDto } from '#lib/dal/dto/phase.ts';

/** One press, without a question: stopping loses nothing, and a question would stand between a person and the clock. */
export function StopStart({ start, what, small = false }: { start: Pick<ScheduledStartDto, 'id'>; what: string; small?: boolean }) {
  return (
    <ActionForm action={stopStart} hidden={{ startId: start.id, reason: '' }}>
      <Submit look="danger" size={small ? 'sm' : 'md'} busy="Stopping…" aria-label={`Stop the scheduled start of ${what}`}>
        {small ? 'Stop' : 'Stop the scheduled start'}
      </Submit>
    </ActionForm>
  );
}
