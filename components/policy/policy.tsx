import { StateMark } from '#components/ui/state-mark.tsx';
import { EmptyState } from '#components/ui/notes.tsx';
import { Mono, PageHead, Section } from '#components/ui/page.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PolicyDto } from '#lib/dal/dto/policy.ts';
import { ChangePolicy } from './change-policy.tsx';

/** When databases may be changed and what a phase needs, as it counts now, and how it came to that. */
export function Policy({ policy }: { policy: PolicyDto }) {
  return (
    <>
      <PageHead
        title="Policy"
        sentence={<p>When phases may start, and what they need. It comes on top of the configuration of this installation: the stricter of the two counts. Rollbacks are never closed.</p>}
        action={policy.mayChange ? <ChangePolicy policy={policy} /> : null}
      />
      <Section title="Databases now">
        <Databases policy={policy} />
      </Section>
      <Section title="Freezes">
        <Freezes freezes={policy.freezes} />
      </Section>
      <Section title="What a phase needs">
        <Demands policy={policy} />
      </Section>
      <Section title="History" aside={policy.number === 0 ? null : `version ${policy.number} counts`}>
        <History versions={policy.versions} mayChange={policy.mayChange} />
      </Section>
    </>
  );
}

const TONES = { open: 'green', closed: 'grey', frozen: 'red' } as const;

function Databases({ policy: { databases } }: { policy: PolicyDto }) {
  return (
    <ul className="border-t border-line" aria-label="Databases">
      {databases.map((database) => (
        <li key={database.name} className="grid gap-x-6 gap-y-1 border-b border-line py-2 md:grid-cols-[16rem_minmax(0,1fr)_minmax(0,1fr)]">
          <p className="min-w-0">
            <Mono>{database.name}</Mono> <span className="text-sm text-ink-muted">{database.environment}</span>
          </p>
          <div className="min-w-0">
            <StateMark tone={TONES[database.state]} plain>
              {database.state}
            </StateMark>
            {' · '}
            <span className="break-words">{database.sentence}</span>
          </div>
          {database.windows.length === 0 ? (
            <p className="text-ink-muted">no window: any time</p>
          ) : (
            <ul>
              {database.windows.map((window) => (
                <li key={window} className="tabular-nums">
                  {window}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

function Freezes({ freezes }: { freezes: PolicyDto['freezes'] }) {
  const shown = freezes.filter((freeze) => freeze.state !== 'over');
  const over = freezes.length - shown.length;
  return (
    <>
      {shown.length === 0 ? <p className="text-ink-muted">Nothing is frozen, and no freeze is to come.</p> : null}
      {shown.length === 0 ? null : (
        <ul className="border-t border-line" aria-label="Freezes">
          {shown.map((freeze) => (
            <li key={freeze.text} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b border-line py-2">
              <StateMark tone={freeze.state === 'now' ? 'red' : 'grey'} plain>
                {freeze.state}
              </StateMark>
              <span className="min-w-0 break-words tabular-nums">{freeze.text}</span>
            </li>
          ))}
        </ul>
      )}
      {over > 0 ? <p className="mt-1 text-sm text-ink-muted">{over} more {over === 1 ? 'is' : 'are'} over and can be taken out.</p> : null}
    </>
  );
}

function Demands({ policy: { document, floor, inForce, rules } }: { policy: PolicyDto }) {
  const names = (held: readonly string[]) => rules.filter(({ rule }) => held.includes(rule)).map(({ words }) => words).join('; ') || '–';
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['Approvals besides the authors', String(floor.approvals), said(document.approvals), String(inForce.approvals)],
    ['The same where data goes', String(floor.approvalsDestructive), said(document.approvalsDestructive), String(inForce.approvalsDestructive)],
    ['Different groups among them, where data goes', '–', said(document.distinctGroups), document.distinctGroups === null ? 'not asked' : String(document.distinctGroups)],
    ['An account signs plans of whoever made it or its password', '–', document.accountDays === null ? '–' : `after ${document.accountDays} d`, document.accountDays === null ? 'not asked; days that an earlier policy asked count until they are over' : `after ${document.accountDays} d; should a policy ask less, that counts only when these are over`],
    ['Hours for which a new approval stands', String(floor.approvalHours), said(document.approvalHours), String(inForce.approvalHours)],
    ['Start within, after the last signature', '–', document.executionHours === null ? '–' : `${document.executionHours} h`, document.executionHours === null ? 'not asked' : `${document.executionHours} h, else it is signed again`],
    ['Writers may wait for', '–', document.writeBlockSeconds === null ? '–' : `${document.writeBlockSeconds} s`, document.writeBlockSeconds === null ? 'not asked' : `${document.writeBlockSeconds} s, as rehearsed`],
    ['Rules for what people write', names(floor.teamRules), names(document.teamRules), inForce.teamRules.length === 0 ? 'none' : names(inForce.teamRules)],
    ['Who may let a breach of them stand', '–', document.rulesByAdmins ? 'admins' : '–', document.rulesByAdmins ? 'an author who is an admin as well, with a reason that is signed' : 'any author, with a reason that is signed'],
    ['Start without signatures, answered for later', '–', document.breakGlass ? 'allowed' : '–', document.breakGlass ? 'allowed, with a reason that everybody reads' : 'nobody'],
    ['Proved by a rehearsal first', floor.rehearsalRequired.join(', ') || '–', '–', floor.rehearsalRequired.join(', ') || 'not asked'],
  ];
  return (
    <Table label="What a phase needs">
      <thead>
        <tr>
          <Th>Demand</Th>
          <Th>Counts now</Th>
          <Th>Configuration</Th>
          <Th>Policy</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([what, configured, laidDown, now]) => (
          <tr key={what}>
            <Td>{what}</Td>
            <Td className="font-medium">{now}</Td>
            <Td className="text-ink-muted">{configured}</Td>
            <Td className="text-ink-muted">{laidDown}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function said(value: number | null): string {
  return value === null ? '–' : String(value);
}

function History({ versions, mayChange }: { versions: PolicyDto['versions']; mayChange: boolean }) {
  if (versions.length === 0) return <EmptyState title="Nobody has laid anything down yet">The configuration counts alone. {mayChange ? 'What you lay down comes on top of it, and stands here with its reason.' : 'What an admin lays down comes on top of it, and stands here with its reason.'}</EmptyState>;
  return (
    <ol className="border-t border-line" aria-label="Versions, newest first">
      {versions.map((version) => (
        <li key={version.number} className="grid gap-x-6 gap-y-1 border-b border-line py-2 md:grid-cols-[16rem_minmax(0,1fr)]">
          <div>
            <p className="font-medium">Version {version.number}</p>
            <p className="text-sm text-ink-muted">
              {version.by} · <Time at={version.at} />
            </p>
          </div>
          <div className="min-w-0">
            <p className="break-words">“{version.reason}”</p>
            <ul className="text-sm text-ink-muted">
              {version.differences.map((difference) => (
                <li key={difference} className="break-words tabular-nums">
                  {difference}
                </li>
              ))}
            </ul>
          </div>
        </li>
      ))}
    </ol>
  );
}
