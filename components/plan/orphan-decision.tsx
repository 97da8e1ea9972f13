'use client';
import { Choice, TextField } from '#components/ui/field.tsx';
import { decideOrphans } from '#lib/actions/plans.ts';
import type { OrphanDecision } from '#lib/pipeline/plan.ts';
import { DecisionForm } from './decision-form.tsx';

interface OrphanDecisionFormProps {
  planId: string;
  version: number;
  phaseId: string;
  foreignKey: string;
  /** May the column be null in desired? */
  nullable: boolean;
  /** The parent that rows may be pointed to; null where the phase or the key cannot do that. */
  rePointTo: string | null;
  decided: OrphanDecision | null;
  child: string;
  rows: number | null;
  /** One of many: it opens when it is asked for. */
  folded: boolean;
}

/** What becomes of the rows without a parent. */
export function OrphanDecisionForm({ planId, version, phaseId, foreignKey, nullable, rePointTo, decided, child, rows, folded }: OrphanDecisionFormProps) {
  return (
    <DecisionForm
      action={decideOrphans}
      hidden={{ planId, version, phaseId, foreignKey }}
      about={foreignKey}
      decided={decided}
      folded={folded}
      question={`What becomes of ${rows === null ? 'these rows' : rows === 1 ? 'this row' : `these ${rows} rows`} of ${child}?`}
      example="the project was deleted, nobody can open these"
    >
      <Choice type="radio" name="verdict" value="delete" required defaultChecked={decided?.verdict === 'delete'} label="Take out and quarantine" hint="They leave the live table, are kept in a quarantine table, and come back on rollback." />
      <Choice type="radio" name="verdict" value="set_null" defaultChecked={decided?.verdict === 'set_null'} disabled={!nullable} label="Set to null" hint={nullable ? 'The rows stay, without a parent.' : 'Not possible: the column must not be null in the desired schema.'} />
      {rePointTo === null ? null : (
        <div className="group grid gap-1">
          <Choice type="radio" name="verdict" value="re_point" defaultChecked={decided?.verdict === 're_point'} label="Point elsewhere" hint={`The rows stay, and point to a row of ${rePointTo} that you name.`} />
          <TextField label={`Key of the row of ${rePointTo}`} name="to" maxLength={1000} defaultValue={decided?.to ?? ''} className="ml-6 hidden max-w-80 group-has-[:checked]:block" mono />
        </div>
      )}
      <Choice type="radio" name="verdict" value="stop" defaultChecked={decided?.verdict === 'stop'} label="Stop" hint="The phase stays closed until the rows are put right by hand." />
    </DecisionForm>
  );
}
