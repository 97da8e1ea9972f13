import type { Report } from './report.ts';
import type { AssertionResult } from './run.ts';
import { quantityText } from './words.ts';

/** The report as Markdown: the same content as the page. Times are UTC. */
export function reportMarkdown(report: Report): string {
  return [
    `# ${escape(report.title)}`,
    '',
    `**${escape(report.headline)}**`,
    '',
    `Target \`${report.target}\`, desired \`${report.desired}\`, author ${escape(report.author)}, made ${utc(report.madeAt)}.`,
    '',
    ...section('Before and after', [
      ...report.rows.map((row) => `- \`${row.table}\`: ${row.before} → ${row.after} rows${row.setAside > 0 ? ` (${row.setAside} set aside as orphans)` : ''}`),
      ...report.types.map((type) => `- \`${type.column}\`: ${type.before} → ${type.after}`),
      ...tableLines(report),
    ]),
    ...section('Phases', report.phases.flatMap((phase) => [
      `${phase.number}. **${escape(phase.title)}**: ${phase.state.replace('_', ' ')}${phase.signers.length > 0 ? `; signed by ${phase.signers.map((signer) => `${escape(signer.person)} (${utc(signer.at)})`).join(', ')}` : ''}`,
      ...phase.runs.map((run) => `   - ${run.kind === 'forward' ? 'run' : 'rollback'} by ${escape(run.by)}, ${utc(run.at)}: ${run.state}${run.reason ? ` (${escape(run.reason)})` : ''}`),
    ])),
    ...section('Done by people', report.phases.flatMap((phase) => phase.byPeople.map((one) => `- ${escape(one.step)}: ${escape(one.by)}, ${utc(one.at)}: ${escape(one.note)}`))),
    ...section('Orphans', report.orphans.map((set) => `- \`${set.foreignKey}\`: ${quantityText(set.rows)} of \`${set.table}\`${set.cascade ? ', because their parent is an orphan itself' : ''}; ${set.decision ? `${set.decision.verdict.replace('_', ' ')}: ${escape(set.decision.reason)}` : 'no decision'}${set.keptIn ? `; kept in \`${set.keptIn}\`` : ''}`)),
    ...section('Changed spellings', report.respelled.map((one) => `- \`${one.table}.${one.column}\`: \`${one.value}\` → \`${one.becomes}\`${one.rows === null ? '' : ` (${one.rows} ${one.rows === 1 ? 'row' : 'rows'})`}`)),
    ...section('Verification', report.phases.flatMap((phase) => [
      ...phase.verification.map(verificationLine),
      ...(phase.repeated > 0 ? [`- ✓ ${escape(phase.title)}: ${phase.repeated} promises of earlier phases asked again, all kept`] : []),
    ])),
    ...section('Kept until clean-up', report.standing.map((one) => `- \`${one.table}\` (${one.what}), ${one.byHand ? 'to be looked at and dropped by hand' : `due ${one.dueAt ? utc(one.dueAt) : 'when its phase is applied'}`}`)),
    ...section('Decisions', report.decisions.map((decision) => `- ${escape(decision.delta)}: ${decision.verdict.replace('_', ' ')}: ${escape(decision.reason)}`)),
    ...section('Follow-ups', report.followUps.map((line) => `- [ ] ${escape(line)}`)),
  ].join('\n');
}

/** What was only noted has no tick: nothing was expected of it. Its rows stand in a block of their own. */
function verificationLine({ label, expected, actual, ok, noted }: AssertionResult): string {
  if (!noted) return `- ${ok ? '✓' : '✗'} ${escape(label)}: expected ${escape(expected)}, actual ${escape(actual)}`;
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

/** Names come from people and databases: they must not become markup. */
function escape(text: string): string {
  return text.replaceAll(/([\\`*_[\]<>#|])/g, '\\$1');
}
