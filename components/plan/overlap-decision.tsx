'use client';
import { Choice, Select } from '#components/ui/field.tsx';
import { decideOverlap } from '#lib/actions/plans.ts';
import type { OverlapDecision } from '#lib/pipeline/plan.ts';
import { DecisionForm } from './decision-form.tsx';

interface OverlapDecisionFormProps {
  planId: string;
  version: number;
  phaseId: string;
  /** The table that goes, as `schema.name`, and how it is called. */
  table: string;
  duplicate: string;
  kept: string;
  decided: OverlapDecision | null;
  conflicts: number;
  /** By which columns it can be told which row is newer, and of how many. */
  newest: readonly { column: string; duplicate: number; kept: number; tied: number }[];
}

/** Which values stay where two tables contradict each other. */
export function OverlapDecisionForm({ planId, version, phaseId, table, duplicate, kept, decided, conflicts, newest }: OverlapDecisionFormProps) {
  const is = (verdict: OverlapDecision['verdict']): boolean => decided?.verdict === verdict;
  return (
    <DecisionForm
      action={decideOverlap}
      hidden={{ planId, version, phaseId, duplicate: table }}
      about={duplicate}
      decided={decided}
      settled={decided !== null && !(decided.verdict === 'stop' && conflicts > 0)}
      question={conflicts === 1 ? 'Which values stay where the two contradict each other?' : `Which values stay in the ${conflicts} rows where the two contradict each other?`}
      example="only the table with the prefix was written to since March"
    >
      <Choice type="radio" name="verdict" value="keep_kept" required defaultChecked={is('keep_kept')} label={`Those of ${kept}`} hint={`Nothing in it is changed. The others stay in ${duplicate}, which is set aside until clean-up.`} />
      <Choice type="radio" name="verdict" value="keep_duplicate" defaultChecked={is('keep_duplicate')} label={`Those of ${duplicate}`} hint={`They overwrite those of ${kept}, which are noted and come back on rollback.`} />
      {newest.length > 0 ? (
        <div className="grid gap-1">
          <Choice type="radio" name="verdict" value="newest" defaultChecked={is('newest')} label="The newer row" hint="Row by row, by a column of time. Where it does not tell, the phase stays closed." />
          <Select label="newer by" name="by" defaultValue={decided?.by ?? newest[0]?.column ?? ''} className="ml-6 w-fit max-w-[calc(100%-1.5rem)]">
            {newest.map((one) => (
              <option key={one.column} value={one.column}>
                {`${one.column}: ${one.duplicate} overwrite, ${one.kept} stay${one.tied > 0 ? `, ${one.tied} not told` : ''}`}
              </option>
            ))}
          </Select>
        </div>
      ) : null}
      <Choice type="radio" name="verdict" value="stop" defaultChecked={is('stop')} label="Stop" hint="The phase stays closed until the rows agree." />
      <Choice type="radio" name="verdict" value="not_a_duplicate" label={`${duplicate} is no duplicate`} hint="It is not merged, and only goes when it is empty." />
    </DecisionForm>
  );
}
