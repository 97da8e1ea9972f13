import { Link } from '#components/ui/link.tsx';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { Select, TextField } from '#components/ui/field.tsx';
import { PageHead, Section } from '#components/ui/page.tsx';
import { createPlanByHand } from '#lib/actions/plans.ts';
import type { TargetsDto } from '#lib/dal/load-targets.ts';

/** The ways in which a plan begins. */
export function NewPlan({ databases, mayWrite }: { databases: TargetsDto['databases']; mayWrite: boolean }) {
  return (
    <>
      <PageHead
        above={
          <Link href="/plans" className="rounded hover:text-ink">
            Plans
          </Link>
        }
        title="New plan"
        sentence={mayWrite ? 'Four ways to begin. Whatever way, it is measured, rehearsed and signed alike.' : 'An author makes plans, and you are none. An admin can change that.'}
      />
      {mayWrite ? (
        <div className="max-w-2xl">
          <Section title="From a comparison">
            <p className="text-ink-muted">Choose the differences that shall go; Countersign writes the phases with locks, undo and clean-up.</p>
            <ButtonLink href="/compare" className="mt-2">
              Compare two databases
            </ButtonLink>
          </Section>
          <Section title="From a runbook">
            <p className="text-ink-muted">A Markdown document: its headings become phases, its SQL steps, its rollback their undo.</p>
            <ButtonLink href="/plans/import" className="mt-2">
              Read a runbook
            </ButtonLink>
          </Section>
          <Section title="From a migration folder">
            <p className="text-ink-muted">What is pending of Prisma, Drizzle or plain SQL files, with the ledger of the tool brought up to date in the same transaction.</p>
            <ButtonLink href="/plans/folder" className="mt-2">
              See what is pending
            </ButtonLink>
          </Section>
          <Section title="By hand">
            <p className="text-ink-muted">An empty plan with one phase, to which you add steps.</p>
            <ActionForm action={createPlanByHand} label="A plan by hand" className="mt-3 grid gap-4">
              <TextField label="Plan name" name="name" required maxLength={200} />
              <div className="grid gap-4 sm:grid-cols-2">
                <Select label="Changes" name="target">
                  {databases.map(({ name, environment }) => (
                    <option key={name} value={name}>{`${name} (${environment})`}</option>
                  ))}
                </Select>
                <Select label="To resemble" name="desired" hint="What the target is compared with; nothing, where there is no model.">
                  <option value="">nothing</option>
                  {databases.map(({ name }) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </Select>
              </div>
              <div className="flex justify-end">
                <Submit busy="Making…">Begin an empty plan</Submit>
              </div>
            </ActionForm>
          </Section>
        </div>
      ) : null}
    </>
  );
}
