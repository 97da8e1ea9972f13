'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Select, TextField } from '#components/ui/field.tsx';
import { count, exactNumber } from '#components/ui/format.ts';
import { UnderWay } from '#components/under-way.tsx';
import { createPlan } from '#lib/actions/plans.ts';
import { isFiltered } from './address.ts';
import { DecideButton } from './decide.tsx';
import { useSelection } from './selection.tsx';
import { useView } from './view.tsx';

interface Sides {
  current: string;
  desired: string;
}

/** Stands at the bottom while something is chosen: how much, and what can be done with it. */
export function ChoiceBar({ current, desired, mayAuthor }: Sides & { mayAuthor: boolean }) {
  const { chosen, coming, clear } = useSelection();
  if (chosen.size === 0 && coming === null) return null;
  const ids = [...chosen.keys()];
  return (
    <section aria-label="Chosen differences" className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface px-3 py-2 sm:px-6">
      <div className="mx-auto flex max-w-360 flex-wrap items-center gap-2">
        <p className="mr-auto font-medium" aria-live="polite">
          {coming === null ? `${exactNumber(chosen.size)} chosen` : 'Choosing…'}
        </p>
        <Button look="quiet" onClick={clear}>
          Clear
        </Button>
        {mayAuthor ? (
          <>
            <DecideButton name="decide-chosen" byKey ids={coming === null ? ids : []} current={current} desired={desired} what={`${count(ids.length, 'difference')} between ${current} and ${desired}`} />
            <MakePlan ids={coming === null ? ids : []} current={current} desired={desired} />
          </>
        ) : (
          <p className="text-sm text-ink-muted">Only an author can decide or make a plan.</p>
        )}
      </div>
    </section>
  );
}

function MakePlan({ ids, current, desired }: Sides & { ids: readonly string[] }) {
  const sheet = useSheet('make-a-plan');
  return (
    <Dialog
      {...sheet}
      title="Make a plan"
      description={`${count(ids.length, 'difference')}: ${current} will become like ${desired} there. Nothing is changed before a second person has signed each phase.`}
      trigger={<Button look="primary" disabled={ids.length === 0}>Make a plan</Button>}
    >
      <ActionForm action={createPlan} hidden={{ current, desired, deltaId: ids }} className="grid grid-cols-1 gap-4">
        <TextField label="Plan name" name="name" required maxLength={200} placeholder="For example: Sprint 90, exports and analytics" />
        <TextField label="Rollback window, in hours" name="windowHours" type="number" min={1} max={720} defaultValue={48} required hint="For so long a phase can be rolled back by one press; afterwards the clean-up of backups falls due." />
        <Select label="Dump of the whole database" name="fullBackup" defaultValue="none" hint="By pg_dump, before the first change, to the folder that the worker is configured with.">
          <option value="none">none: the tables that the plan touches are copied inside the database</option>
          <option value="dump">dump, and read the archive back</option>
          <option value="dump_and_restore">dump, restore it into a scratch database, compare</option>
        </Select>
        <Select label="Columns that get another type" name="conversion" defaultValue="planner" hint="By size and by what depends on the table; the phase says which way, and why. A column that was built inside its table stands last in it.">
          <option value="planner">the planner chooses how</option>
          <option value="inside">inside their table, where that can be</option>
        </Select>
        <UnderWay what="the plan" first="Planning. Then it is measured what each phase will meet." />
        <div className="flex justify-end">
          <Submit busy="Making…">Make the plan</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

/** Takes every difference that nobody has answered yet, of those that the filter shows. */
export function ChooseAll({ open }: { open: number }) {
  const { view } = useView();
  const { coming, setMany } = useSelection();
  if (open === 0) return null;
  return (
    <Button size="sm" look="quiet" disabled={coming !== null} onClick={() => setMany(null, true)}>
      Choose all undecided{isFiltered(view) ? ' of this filter' : ''} ({exactNumber(open)})
    </Button>
  );
}
