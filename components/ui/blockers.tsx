import { Clock, PencilLine, UserRound } from 'lucide-react';

export interface BlockerLine {
  code: string;
  sentence: string;
  move: 'yours' | 'author' | 'clears';
}

/** Why the primary action cannot be pressed: what the viewer must do, what an author must, and what passes without either. */
export function Blockers({ title, blockers }: { title: string; blockers: readonly BlockerLine[] }) {
  const yours = blockers.filter((blocker) => blocker.move === 'yours');
  const author = blockers.filter((blocker) => blocker.move === 'author');
  const clears = blockers.filter((blocker) => blocker.move === 'clears');
  return (
    <section aria-label={title} className="text-sm wrap-anywhere">
      <p className="font-medium">{title}</p>
      <div className="mt-1 grid gap-2">
        {yours.length > 0 ? <List title="Yours to do" icon={<UserRound size={12} aria-hidden="true" />} lines={yours} /> : null}
        {author.length > 0 ? <List title="For an author" icon={<PencilLine size={12} aria-hidden="true" />} lines={author} /> : null}
        {clears.length > 0 ? <List title="Clears without you" icon={<Clock size={12} aria-hidden="true" />} lines={clears} /> : null}
      </div>
    </section>
  );
}

/** More of one kind than this are folded: thirty sentences that say one thing push what they are about off the screen. */
const MOST = 5;

function List({ title, icon, lines }: { title: string; icon: React.ReactNode; lines: readonly BlockerLine[] }) {
  return (
    <div>
      <p className="flex items-center gap-1.5 text-xs text-ink-muted">
        {icon}
        {title}
      </p>
      <Sentences lines={lines.length > MOST + 1 ? lines.slice(0, MOST) : lines} />
      {lines.length > MOST + 1 ? (
        <details className="pl-4.5">
          <summary className="w-fit rounded text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">{`and ${lines.length - MOST} more`}</summary>
          <div className="-ml-4.5">
            <Sentences lines={lines.slice(MOST)} />
          </div>
        </details>
      ) : null}
    </div>
  );
}

function Sentences({ lines }: { lines: readonly BlockerLine[] }) {
  return (
    <ul className="mt-0.5 grid gap-0.5 pl-4.5">
      {lines.map((line) => (
        <li key={`${line.code} ${line.sentence}`}>{line.sentence}</li>
      ))}
    </ul>
  );
}
