import { Link } from '#components/ui/link.tsx';
import { classes } from '#components/ui/classes.ts';
import { Mono } from '#components/ui/page.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PlanListItem } from '#lib/dal/dto/plan.ts';

export function PlanList({ plans }: { plans: readonly PlanListItem[] }) {
  return (
    <ul className="border-t border-line">
      {plans.map((plan) => (
        <li key={plan.id} className="border-b border-line">
          <Link href={`/plans/${plan.id}`} data-row="" className="-mx-2 grid grid-cols-[1fr_auto] items-baseline gap-x-6 gap-y-0.5 rounded-md px-2 py-2 -outline-offset-2 hover:bg-hover md:grid-cols-[minmax(12rem,20rem)_1fr_auto_6rem]">
            <span className="min-w-0">
              <span className="font-medium">{plan.name}</span>
              <span className="block text-sm text-ink-muted">
                changes <Mono>{plan.target}</Mono> · by {plan.author}
              </span>
            </span>
            <span className={classes('col-span-2 row-start-2 md:col-span-1 md:row-start-auto', plan.inTrouble ? 'text-red-ink' : 'text-ink-muted')}>{plan.sentence}</span>
            <Progress done={plan.phasesDone} of={plan.phaseCount} />
            <span className="hidden text-right text-sm text-ink-muted md:inline">
              <Time at={plan.updatedAt} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Progress({ done, of }: { done: number; of: number }) {
  return (
    <span className="flex items-center justify-end gap-2 text-sm whitespace-nowrap text-ink-muted md:justify-start">
      <span aria-hidden="true" className="flex gap-0.5">
        {Array.from({ length: of }, (_, index) => (
          <span key={index} className={`h-2 w-1.5 rounded-xs ${index < done ? 'bg-green-solid' : 'bg-line'}`} />
        ))}
      </span>
      <span>
        {done} of {of} <span className="sr-only md:not-sr-only">phases</span>
      </span>
    </span>
  );
}
