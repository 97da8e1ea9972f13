'use client';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { Select, TextField } from '#components/ui/field.tsx';
import { UnderWay } from '#components/under-way.tsx';
import { createFolderPlan } from '#lib/actions/migrations.ts';
import type { MigrationLineDto, MigrationListDto } from '#lib/dal/load-migrations.ts';

/** A plan of what is pending, up to the one that is chosen; what is strange between folder and ledger needs a reason first. */
export function MakePlan({ folder, target, list }: { folder: string; target: string; list: MigrationListDto }) {
  const runs = list.lines.filter((line) => line.mayEnd);
  const strange = list.lines.filter((line) => line.needsReason);
  const last = runs.at(-1)?.name ?? '';
  return (
    <ActionForm action={createFolderPlan} hidden={{ folder, target }} label="A plan of these migrations" className="grid max-w-2xl gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        {list.plain ? <Select label="From" name="from" defaultValue={last}>{runs.map(option)}</Select> : null}
        <Select label="Up to" name="upTo" defaultValue={last} hint={list.plain ? undefined : 'Everything pending before it runs first, each in a phase of its own.'}>
          {runs.map(option)}
        </Select>
      </div>
      {strange.map((line) => (
        <div key={line.name}>
          <input type="hidden" name="standName" value={line.name} />
          <TextField label={`Why ${line.name} may stand`} name="standReason" required maxLength={2000} hint={line.sentence} />
        </div>
      ))}
      <div className="grid gap-4 sm:grid-cols-[1fr_12rem]">
        <TextField label="Name of the plan" name="name" required maxLength={200} defaultValue={nameOf(folder, runs)} />
        <TextField label="Rollback window, hours" name="windowHours" type="number" min={0} max={2160} defaultValue={72} required />
      </div>
      <UnderWay what="the plan" first="Reading the database. Then it is measured what each phase will meet." />
      <div className="flex justify-end">
        <Submit busy="Making…">Make a plan</Submit>
      </div>
    </ActionForm>
  );
}

function option({ name }: MigrationLineDto) {
  return (
    <option key={name} value={name}>
      {name}
    </option>
  );
}

function nameOf(folder: string, runs: readonly MigrationLineDto[]): string {
  const [only] = runs;
  return `${folder.replace(/^migrations\//, '')}: ${runs.length === 1 && only ? only.name : 'pending migrations'}`.slice(0, 200);
}
