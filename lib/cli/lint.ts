import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LintFinding, TeamRule } from '#lib/pipeline/lint/finding.ts';
import { planAround, planOfSql, type LintedText } from '#lib/pipeline/lint/from-sql.ts';
import { lintPlan } from '#lib/pipeline/lint/lint.ts';
import { readRunbook } from '#lib/pipeline/runbook/read.ts';
import { Stop } from './command.ts';

const TEAM_RULES: readonly TeamRule[] = ['no_alter_existing', 'backup_first', 'nullable_first'];
/** Of a server that nobody names. */
const MAJOR = 18;

/** `countersign lint FILE…`: what the rules say of texts, without any database. Exit code 1 when something blocks. */
export async function lintCommand(args: readonly string[], folder: string, print: (text: string) => Promise<void>): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { major: { type: 'string' }, rule: { type: 'string', multiple: true } } });
  if (positionals.length === 0) throw new Stop('countersign lint needs a file: countersign lint migrations/*.sql, or runbook.md.');
  const major = values.major === undefined ? MAJOR : Number(values.major);
  if (!Number.isInteger(major) || major < 14 || major > 18) throw new Stop(`--major is a version from 14 to 18, not ${values.major}.`);
  const teamRules = (values.rule ?? []).map(teamRule);
  const lines: string[] = [];
  const counts = { blocking: 0, toKnow: 0 };
  for (const name of positionals) {
    const linted = await readText(name, textOf(resolve(folder, name)), major);
    for (const finding of await lintPlan(linted.plan, { major, current: null, desired: null, evidence: {}, teamRules })) {
      if (isAboutPlans(linted, finding)) continue;
      counts[finding.severity === 'blocking' ? 'blocking' : 'toKnow'] += 1;
      lines.push(lineOf(name, linted, finding));
    }
  }
  await print([...lines, `${counts.blocking} blocking, ${counts.toKnow} to know. No database was asked: how many rows there are, and what is there already, is not known here.`].map((line) => `${line}\n`).join(''));
  return counts.blocking > 0 ? 1 : 0;
}

/** A migration has no way back beside each statement, and is not asked for one; what goes for good is said all the same. */
function isAboutPlans({ places }: LintedText, { code, severity }: LintFinding): boolean {
  return places.size > 0 && code === 'NO_WAY_BACK' && severity === 'to_know';
}

function teamRule(said: string): TeamRule {
  const rule = TEAM_RULES.find((one) => one === said);
  if (!rule) throw new Stop(`--rule is one of ${TEAM_RULES.join(', ')}, not ${said}.`);
  return rule;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Stop(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function readText(name: string, text: string, major: number): Promise<LintedText> {
  if (!/\.(?:md|markdown)$/i.test(name)) return planOfSql({ name, text }, major);
  const around = planAround(basename(name), []);
  const { phases } = await readRunbook({ name: basename(name), text }, { target: around.target, desired: null, windowHours: 48, planId: around.id });
  return { plan: { ...around, phases }, places: new Map() };
}

/** `file:line:column: blocking CODE sentence`, as editors and CI read it. */
function lineOf(name: string, { places }: LintedText, finding: LintFinding): string {
  const place = finding.stepId === null ? undefined : places.get(finding.stepId)?.[finding.statement ?? 0];
  const at = place ?? finding.at;
  return `${name}:${at ? `${at.line}:${at.column}:` : ''} ${finding.severity === 'blocking' ? 'blocking' : 'to know'} ${finding.code} ${finding.sentence}`;
}
