'use client';
import { useSheet, useSheets } from '#components/sheet/use-sheet.ts';
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

const DIALOGS = ['rename-phase', 'due'] as const;

/** What an author can do to a phase that people write. */
export function PhaseTools({ number, of, title, summary, due, before }: PhaseToolsProps) {
  const { edit, busy } = usePlanEdit();
  const { shown, show, nameOf } = useSheets(DIALOGS);
  const close = (): void => show(null);
  return (
    <>
      <Menu label="More for this phase" disabled={busy}>
        <MenuItem onSelect={() => show('rename-phase')}>Rename…</MenuItem>
        <MenuItem disabled={before === null} onSelect={() => show('due')}>
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
      {shown === 'rename-phase' ? (
        <EditDialog name={nameOf(shown)} open onClose={close} title={`Rename phase ${number}`} fields={{ operation: 'rename_phase' }} submit="Save">
          <TextField label="Title" name="title" required defaultValue={title} maxLength={200} />
          <TextArea label="What it does, and why" name="summary" required defaultValue={summary} rows={3} />
        </EditDialog>
      ) : null}
      {shown === 'due' ? (
        <EditDialog name={nameOf(shown)} open onClose={close} title="When it may run" fields={{ operation: 'set_due' }} submit="Save">
          <TextField label={`Hours after “${due?.after ?? before ?? ''}” was applied`} name="hours" inputMode="decimal" defaultValue={due?.hours ?? ''} hint="Empty: at any time." className="max-w-xs" />
        </EditDialog>
      ) : null}
    </>
  );
}

/** Behind the phase that is open. */
export function AddPhase({ behind }: { behind: string }) {
  const { name, open, onOpenChange } = useSheet('add-a-phase');
  return (
    <>
      <Button size="sm" look="quiet" onClick={() => onOpenChange(true)}>
        Add a phase…
      </Button>
      <EditDialog name={name} open={open} onClose={() => onOpenChange(false)} title="Add a phase" description={`Behind “${behind}”. A phase is what is signed and run at one go.`} fields={{ operation: 'add_phase' }} submit="Add the phase">
        <TextField label="Title" name="title" required maxLength={200} />
      </EditDialog>
    </>
  );
}
