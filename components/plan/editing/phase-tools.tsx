'use client';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { TextArea, TextField } from '#components/ui/field.tsx';
import { Menu, MenuItem, MenuLine } from '#components/ui/menu.tsx';
import { EditDialog, usePlanEdit } from './editing.tsx';

interface PhaseToolsProps {
  number: number;
  of: number;
  title: string;
  summary: string;
  due: { hours: number; after: string } | null;
  /** Title of the phase before it; null: it is the first. */
  before: string | null;
}

/** What an author can do to a phase that people write. */
export function PhaseTools({ number, of, title, summary, due, before }: PhaseToolsProps) {
  const { edit, busy } = usePlanEdit();
  const [which, setWhich] = useState<'rename' | 'due' | null>(null);
  const close = (): void => setWhich(null);
  return (
    <>
      <Menu label="More for this phase" disabled={busy}>
        <MenuItem onSelect={() => setWhich('rename')}>Rename…</MenuItem>
        <MenuItem disabled={before === null} onSelect={() => setWhich('due')}>
          When it may run…
        </MenuItem>
        <MenuItem disabled={number === 1} onSelect={() => edit({ operation: 'move_phase', to: 'up' })}>
          Move before the phase before it
        </MenuItem>
        <MenuItem disabled={number === of} onSelect={() => edit({ operation: 'move_phase', to: 'down' })}>
          Move behind the next phase
        </MenuItem>
        <MenuLine />
        <MenuItem loud disabled={of === 1} onSelect={() => edit({ operation: 'remove_phase' })}>
          Take out of the plan
        </MenuItem>
      </Menu>
      {which === 'rename' ? (
        <EditDialog open onClose={close} title={`Rename phase ${number}`} fields={{ operation: 'rename_phase' }} submit="Save">
          <TextField label="Title" name="title" required defaultValue={title} maxLength={200} />
          <TextArea label="What it does, and why" name="summary" required defaultValue={summary} rows={3} />
        </EditDialog>
      ) : null}
      {which === 'due' ? (
        <EditDialog open onClose={close} title="When it may run" fields={{ operation: 'set_due' }} submit="Save">
          <TextField label={`Hours after “${due?.after ?? before ?? ''}” was applied`} name="hours" inputMode="decimal" defaultValue={due?.hours ?? ''} hint="Empty: at any time." className="max-w-xs" />
        </EditDialog>
      ) : null}
    </>
  );
}

/** Behind the phase that is open. */
export function AddPhase({ behind }: { behind: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" look="quiet" onClick={() => setOpen(true)}>
        Add a phase…
      </Button>
      <EditDialog open={open} onClose={() => setOpen(false)} title="Add a phase" description={`Behind “${behind}”. A phase is what is signed and run at one go.`} fields={{ operation: 'add_phase' }} submit="Add the phase">
        <TextField label="Title" name="title" required maxLength={200} />
      </EditDialog>
    </>
  );
}
