import { Link } from '#components/ui/link.tsx';
import { RefusedView } from '#components/refused-view.tsx';
import { Fold } from '#components/ui/fold.tsx';
import { count } from '#components/ui/format.ts';
import { Banner, EmptyState } from '#components/ui/notes.tsx';
import { Mono, PageHead, Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { MigrationLineDto, MigrationListDto, MigrationsDto } from '#lib/dal/load-migrations.ts';
import { ChooseFolder } from './choose-folder.tsx';
import { MakePlan } from './make-plan.tsx';
import { MarkButton } from './mark.tsx';
import { STATE_LOOK } from './words.ts';

/** A folder of migrations against a database: what is applied, what is pending, and the plan that runs it. */
export function Migrations({ dto: { folders, databases, folder, target, list, mayPlan } }: { dto: MigrationsDto }) {
  if (folder === null || target === null || list === null) {
    return (
      <>
        <Head />
        <EmptyState title="No folder is configured">
          The administrator names folders of migrations in <Mono>COUNTERSIGN_MIGRATIONS</Mono>: Prisma’s, Drizzle’s with their journal, or plain SQL files.
        </EmptyState>
      </>
    );
  }
  const choose = <ChooseFolder folders={folders} databases={databases} folder={folder} target={target} />;
  if ('refused' in list) return <RefusedView title="This folder and this database cannot be read together" dto={list}>{choose}</RefusedView>;
  return (
    <>
      <Head sentence={list.plain ? list.ledger : `${list.tool}. ${list.ledger}`} />
      {choose}
      {list.blocked ? (
        <div className="mb-6">
          <Banner tone="red" title="Nothing can be planned before this is answered">
            {list.blocked.sentence}
          </Banner>
        </div>
      ) : null}
      <Lines list={list} where={{ folder, target }} mayMark={mayPlan} />
      <Plan folder={folder} target={target} list={list} mayPlan={mayPlan} />
    </>
  );
}

function Head({ sentence }: { sentence?: string }) {
  return (
    <PageHead
      above={
        <Link href="/plans/new" className="rounded hover:text-ink">
          New plan
        </Link>
      }
      title="Migrations"
      sentence={sentence}
    />
  );
}

function Plan({ folder, target, list, mayPlan }: { folder: string; target: string; list: MigrationListDto; mayPlan: boolean }) {
  if (list.blocked) return null;
  if (!list.lines.some((line) => line.mayEnd)) return <p className="mt-6 text-ink-muted">Nothing is pending.</p>;
  return (
    <Section title="Make a plan">
      {mayPlan ? <MakePlan key={`${folder} ${target}`} folder={folder} target={target} list={list} /> : <p className="text-ink-muted">An author makes plans, and you are none. An admin can change that.</p>}
    </Section>
  );
}

interface Marking {
  where: { folder: string; target: string };
  mayMark: boolean;
}

/** So many that are applied are shown; the earlier ones fold. */
const APPLIED_SHOWN = 3;

function Lines({ list: { lines, notes }, ...marking }: { list: MigrationListDto } & Marking) {
  const applied = lines.filter((line) => line.state === 'applied');
  const folded = applied.length > APPLIED_SHOWN + 1 ? new Set(applied.slice(0, -APPLIED_SHOWN)) : new Set<MigrationLineDto>();
  return (
    <Section title={`${count(lines.length, 'migration')}`} aside={summary(lines)}>
      {folded.size > 0 ? (
        <div className="mb-2">
          <Fold name="applied" summary={`${count(folded.size, 'earlier one')}, applied`}>
            <List label="Earlier migrations" lines={[...folded]} {...marking} />
          </Fold>
        </div>
      ) : null}
      <List label="Migrations" lines={lines.filter((line) => !folded.has(line))} {...marking} />
      {notes.map((note) => (
        <p key={note} className="mt-2 text-sm text-ink-muted">
          {note}
        </p>
      ))}
    </Section>
  );
}

function summary(lines: readonly MigrationLineDto[]): string {
  const states = Map.groupBy(lines, (line) => line.state);
  return [...states].map(([state, of]) => `${of.length} ${STATE_LOOK[state].word}`).join(' · ');
}

function List({ label, lines, where, mayMark }: { label: string; lines: readonly MigrationLineDto[] } & Marking) {
  return (
    <ul className="border-t border-line" aria-label={label}>
      {lines.map((line) => (
        <li key={line.name} className="grid grid-cols-[1fr_auto] items-baseline gap-x-6 gap-y-1 border-b border-line py-2 md:grid-cols-[minmax(14rem,24rem)_10rem_1fr_auto]">
          <p className="min-w-0">
            <Mono className="break-all">{line.name}</Mono>
          </p>
          <p>
            <StateMark tone={STATE_LOOK[line.state].tone} plain>
              {STATE_LOOK[line.state].word}
            </StateMark>
          </p>
          <p className="col-span-2 min-w-0 text-sm empty:hidden text-ink-muted md:col-span-1">
            {line.state === 'applied' && line.appliedAt ? <>Applied <Time at={line.appliedAt} />.</> : line.state === 'not_known' ? null : line.sentence}
          </p>
          <div className="col-span-2 empty:hidden md:col-span-1">{mayMark && line.marks.length > 0 ? <MarkButton {...where} name={line.name} marks={line.marks} /> : null}</div>
        </li>
      ))}
    </ul>
  );
}
