'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { TextField } from '#components/ui/field.tsx';
import { MomentField } from '#components/ui/moment-field.tsx';
import { moveStart, schedulePhase } from '#lib/actions/starts.ts';
import type { ScheduledStartDto } from '#lib/dal/dto/phase.ts';

interface ScheduleProps {
  planId: string;
  version: number;
  phaseId: string;
  number: number;
  digest: string;
  /** ISO time before which no start is possible. */
  earliest: string;
  target: string;
}

export function ScheduleStart({ planId, version, phaseId, number, digest, earliest, target }: ScheduleProps) {
  const sheet = useSheet('schedule', phaseId);
  return (
    <Dialog
      {...sheet}
      title={`Schedule phase ${number}`}
      description={`A worker starts it on ${target} at that time, if signatures, measurements and policy allow it then. Any operator can stop or move it before.`}
      trigger={<Button>Schedule…</Button>}
    >
      <ActionForm action={schedulePhase} hidden={{ planId, version, phaseId, digest }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <MomentField label="Start at" name="startAt" initial={() => offered(earliest)} />
        <TextField label="Remark" name="reason" maxLength={2000} autoComplete="off" hint="Optional; it stands beside the run." />
        <div className="flex justify-end">
          <Submit busy="Scheduling…">{`Schedule phase ${number}`}</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

export function MoveStart({ start, what }: { start: ScheduledStartDto; what: string }) {
  const sheet = useSheet('move-start', start.id);
  return (
    <Dialog {...sheet} title={`Move the start of ${what}`} description="It starts on your word then." trigger={<Button size="sm">Move…</Button>}>
      <ActionForm action={moveStart} hidden={{ startId: start.id }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <MomentField label="Start at" name="startAt" initial={() => new Date(start.startAt)} />
        <div className="flex justify-end">
          <Submit busy="Moving…">Move the start</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

/** The opening of the next window, or the next full hour where it is open already. */
function offered(earliest: string): Date {
  const at = new Date(earliest);
  const soon = new Date();
  if (at.getTime() > soon.getTime() + 60_000) return at;
  soon.setHours(soon.getHours() + 1, 0, 0, 0);
  return soon;
}
