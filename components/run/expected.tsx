import { Fold } from '#components/ui/fold.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { expectedOf, type AssertionResult, type RunView } from '#lib/pipeline/run.ts';
import { ResultsTable } from '#components/plan/verification.tsx';

interface Asked {
  when: string;
  results: readonly AssertionResult[];
}

/** Expected against actual in one line; what differs in full, all the rest folded: first what was asked inside the steps, then what was asked after them. */
export function Expected({ view, titles }: { view: RunView; titles: ReadonlyMap<string, string> }) {
  const groups = askedIn(view, titles);
  const all = groups.flatMap((group) => group.results);
  if (all.length === 0) return null;
  const off = all.filter((result) => !result.ok);
  const { asExpected, of, noted } = expectedOf(all);
  return (
    <section aria-label="Expected against actual">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="font-semibold">Expected against actual</h2>
        {of === 0 ? null : (
          <StateMark tone={off.length === 0 ? 'green' : 'red'}>
            {asExpected} of {of} as expected
          </StateMark>
        )}
        {noted === 0 ? null : <StateMark tone="grey">{noted} noted</StateMark>}
      </div>
      {off.length > 0 ? <ResultsTable label="What differs" results={off} /> : null}
      <Fold name="expected" summary={`all ${all.length}, one by one`}>
        <div className="grid grid-cols-1 gap-3">
          {groups.map((group) => (
            <div key={group.when}>
              <h3 className="text-sm text-ink-muted">{group.when}</h3>
              <ResultsTable label={`Expected against actual, ${group.when}`} results={group.results} />
            </div>
          ))}
        </div>
      </Fold>
    </section>
  );
}

function askedIn(view: RunView, titles: ReadonlyMap<string, string>): Asked[] {
  const inside = view.steps.map((step, index) => ({ when: `asked inside step ${index + 1}, ${titles.get(step.step) ?? step.step}`, results: step.assertions }));
  return [...inside, { when: 'asked after the last step', results: view.verification }].filter((group) => group.results.length > 0);
}
