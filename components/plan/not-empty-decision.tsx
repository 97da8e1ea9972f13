'use client';
import { Choice } from '#components/ui/field.tsx';
import { decideOverlap } from '#lib/actions/plans.ts';
import type { OverlapDecision } from '#lib/pipeline/plan.ts';
import { DecisionForm } from './decision-form.tsx';

interface NotEmptyDecisionFormProps {
  planId: string;
  version: number;
  phaseId: string;
  /** The table that goes, as `schema.name`, and how it is called. */
  table: string;
  name: string;
  target: string;
  /** Where it stands until clean-up. */
  keepSchema: string;
  decided: OverlapDecision | null;
}

/** What becomes of a table that goes and holds rows. */
export function NotEmptyDecisionForm({ planId, version, phaseId, table, name, target, keepSchema, decided }: NotEmptyDecisionFormProps) {
  return (
    <DecisionForm action={decideOverlap} hidden={{ planId, version, phaseId, duplicate: table }} about={name} decided={decided} question={`What becomes of ${name} and its rows?`} example="the feature ended in March, and nobody reads it">
      <Choice type="radio" name="verdict" value="archive" required defaultChecked={decided?.verdict === 'archive'} label="Set it aside with its rows" hint={`It stands whole in ${keepSchema} until clean-up and comes back on rollback. Whoever approves types the number of rows; clean-up drops them for good.`} />
      <Choice type="radio" name="verdict" value="keep_table" label={`Keep it in ${target}`} hint="It is taken out of the plan, which notes your reason." />
      <Choice type="radio" name="verdict" value="not_a_duplicate" defaultChecked={decided?.verdict === 'not_a_duplicate'} label="Stop" hint="The phase stays closed until the table is empty." />
    </DecisionForm>
  );
}
