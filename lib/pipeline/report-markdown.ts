import type { Report, ReportFollowUp } from './report.ts';
import type { ReportChange, ReportChanges } from './report-changes.ts';
import type { AssertionResult } from './run.ts';
import { counted, grouped, quantityText } from './words.ts';

/** The report as Markdown: the same content as the page. Times are UTC. */
export function reportMarkdown(report: Report): string {
  return [
    `# ${escape(report.title)}`,
    '',
    `**${escape(report.headline)}**`,
    '',
    `Target \`${report.target}\`, ${report.desired === report.target ? '' : `desired \`${report.desired}\`, `}author ${escape(report.author)}, made ${utc(report.madeAt)}.`,
    '',
    ...section('What was changed', changesLines(report.changes)),
    ...section('Before and after', [
      ...report.rows.map((row) => `- \`${row.table}\`: ${row.before} → ${row.after} rows${row.setAside > 0 ? ` (${row.setAside} set aside as orphans)` : ''}`),
      ...report.types.map((type) => `- \`${type.column}\`: ${type.before} → ${type.after}`),
      ...tableLines(report),
    ]),
    ...section('Phases', report.phases.flatMap((phase) => [
      `${phase.number}. **${escape(phase.title)}**: ${phase.state.replace('_', ' ')}${phase.signers.length > 0 ? `; signed by ${phase.signers.map((signer) => `${escape(signer.person)} (${utc(signer.at)}, digest ${signer.digest.slice(0, 12)})`).join(', ')}` : ''}${phase.unsigned === null ? '' : `; started without its signatures, ${phase.unsigned.answer === null ? 'and nobody has answered for it' : escape(phase.unsigned.answer)}`}`,
      ...phase.runs.map((run) => `   - ${run.kind === 'forward' ? 'run' : 'rollback'} by ${escape(run.by)}, ${utc(run.at)}: ${run.state}${run.reason ? ` (${escape(run.reason)})` : ''}`),
    ])),
    ...section('Rows written', report.written.map((one) => `- phase ${one.phase}, ${escape(one.step)}: ${counted(one.rows, 'row', 'rows')}`)),
    ...section('Not taken back by a rollback', report.phases.flatMap((phase) => phase.stays.map((one) => `- phase ${phase.number}, ${escape(one.step)}: ${escape(one.why)}`))),
    ...section('Done by people', report.phases.flatMap((phase) => phase.byPeople.map((one) => `- ${escape(one.step)}: ${escape(one.by)}, ${utc(one.at)}: ${escape(one.note)}`))),
    ...section('Orphans', report.orphans.map((set) => `- \`${set.foreignKey}\`: ${quantityText(set.rows)} of \`${set.table}\`${set.cascade ? ', because their parent is an orphan itself' : ''}; ${set.decision ? `${set.decision.verdict.replace('_', ' ')}: ${escape(set.decision.reason)}` : 'no decision'}${set.keptIn ? `; kept in \`${set.keptIn}\`` : ''}`)),
    ...section('Changed values', report.respelled.filter((one) => one.changed).map(changeLine)),
    ...section('Changed spellings', report.respelled.filter((one) => !one.changed).map(changeLine)),
    ...section('Verification', report.phases.flatMap((phase) => [
      ...phase.verification.map(verificationLine),
      ...(phase.repeated > 0 ? [`- ✓ ${escape(phase.title)}: ${phase.repeated} promises of earlier phases asked again, all kept`] : []),
    ])),
    ...section('Dumps', report.made.map((one) => `- phase ${one.phase}, ${escape(one.step)}: ${one.facts.map(({ label, value }) => `${escape(label)} ${escape(value)}`).join(', ')}`)),
    ...section('Kept until clean-up', report.standing.map((one) => `- \`${one.table}\` (${escape(one.what)}), ${one.byHand ? 'to be looked at and dropped by hand' : `due ${one.dueAt ? utc(one.dueAt) : 'when its phase is applied'}`}`)),
    ...section('Findings that were let stand', report.letStand.map((one) => `- ${one.phase === null ? '' : `phase ${one.phase}: `}${escape(one.finding)} Reason: ${escape(one.reason)}`)),
    ...section('Decisions', report.decisions.map((decision) => `- ${escape(decision.delta)}: ${decision.verdict.replace('_', ' ')}: ${escape(decision.reason)}`)),
    ...section('Rehearsals', report.rehearsals.map((one) => `- ${utc(one.at)}, version ${one.version}, asked for by ${escape(one.by)}: ${escape(one.sentence)}`)),
    ...section('Follow-ups', report.followUps.map(followUpLine)),
    ...section('Timeline', report.timeline.map((one) => `- ${utc(one.at)}: ${escape(one.what)}`)),
  ].join('\n');
}

function changesLines(changes: ReportChanges | { why: string }): string[] {
  if ('why' in changes) return [escape(changes.why)];
  const counts = changes.counts.map(({ kind, before, after }) => `${kind} ${grouped(before)} → ${grouped(after)}`).join(', ');
  const groups = changes.groups.flatMap(({ name, changes: inside }) => {
    const [only] = inside;
    return only && inside.length === 1 && !/ /.test(only.what) ? [`- ${changeText({ ...only, what: `${only.what} \`${name}\`` })}`] : [`- \`${name}\``, ...inside.map((one) => `  - ${changeText(one)}`)];
  });
  return [
    ...(groups.length === 0 ? ['- nothing that a schema has'] : groups),
    ...(changes.quiet > 0 ? [`- and ${counted(changes.quiet, 'difference', 'differences')} of owners, grants, comments and the like`] : []),
    ...(counts === '' ? [] : [`- in all: ${counts}`]),
    '', `From the readings of ${utc(changes.beforeAt)} and ${utc(changes.afterAt)}.`,
  ];
}

function changeText(one: ReportChange): string {
  const sign = { add: '+', remove: '−', change: '~' }[one.change];
  const attributes = one.attributes.map(({ name, before, after }) => `${name} \`${code(before)}\` → \`${code(after)}\``).join(', ');
  return `${sign} ${one.what}${attributes === '' ? '' : `: ${attributes}`}${one.with === '' ? '' : ` (with ${one.with})`}${one.outside ? ' (not of this plan)' : ''}`;
}

function followUpLine(one: ReportFollowUp): string {
  const when = one.dueAt === null ? '' : `, ${one.overdue ? 'overdue since' : 'due'} ${utc(one.dueAt)}`;
  const end = one.end ? `; ${one.state}${one.end.by === null ? '' : ` by ${escape(one.end.by)}`}, ${utc(one.end.at)}: ${escape(one.end.note)}` : when;
  return `- [${one.state === 'done' ? 'x' : ' '}] ${one.state === 'dropped' ? `~~${escape(one.title)}~~` : escape(one.title)}${one.owner && !one.end ? ` (${escape(one.owner)})` : ''}${end}`;
}

/** What was only noted has no tick: nothing was expected of it. Its rows stand in a block of their own. */
function verificationLine({ label, expected, actual, ok, noted }: AssertionResult): string {
  if (!noted) return `- ${ok ? '✓' : '✗'} ${escape(label)}: expected ${inLine(expected)}, actual ${inLine(actual)}`;
  if (!actual.includes('\n')) return `- noted, ${escape(label)}: ${escape(actual)}`;
  const fence = '`'.repeat(Math.max(3, ...(actual.match(/`+/g) ?? []).map((run) => run.length + 1)));
  return [`- noted, ${escape(label)}:`, '', ...[fence, ...actual.split('\n'), fence].map((line) => `  ${line}`), ''].join('\n');
}

function tableLines(report: Report): string[] {
  const last = report.tables.milestones.map((one) => ` → ${one.after} (${one.note})`).join('');
  return [`- Tables: ${report.tables.before}${last}; now ${quantityText(report.tables.now)}, and ${report.standing.length} kept apart until clean-up`];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

function utc(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Rows as one line; an answer of no rows is said. */
function inLine(text: string): string {
  return text === '' ? 'nothing' : escape(text.replaceAll('\n', '; '));
}

/** A definition inside back ticks, in one line and without one of its own. */
function code(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('`', "'");
}

/** Names come from people and databases: they must not become markup. */
function escape(text: string): string {
  return text.replaceAll(/([\\`*_[\]<>#|])/g, '\\$1');
}

function changeLine(one: Report['respelled'][number]): string {
  return `- \`${one.table}.${one.column}\`: \`${one.value}\` → \`${one.becomes}\`${one.rows === null ? '' : ` (${counted(one.rows, 'row', 'rows')})`}`;
}
