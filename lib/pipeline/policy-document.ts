import { TEAM_RULES, type TeamRule } from './lint/finding.ts';
import type { Policy } from './policy.ts';

/** 1 = Monday … 7 = Sunday, as ISO 8601 counts. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;
export const WEEKDAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const DAY_NAMES: Readonly<Record<Weekday, string>> = { 1: 'Mon', 2: 'Tue', 3: 'Wed', 4: 'Thu', 5: 'Fri', 6: 'Sat', 7: 'Sun' };

/** When phases may start on a database. A database without any may be changed at any time. */
export interface MaintenanceWindow {
  database: string;
  /** On which days it opens. */
  days: readonly Weekday[];
  /** `22:00`, on the clocks of the zone. An end that is not later than the beginning is on the next day. */
  from: string;
  to: string;
  /** IANA name, such as `Europe/Berlin`. */
  zone: string;
}

/** A time in which nothing starts. */
export interface Freeze {
  /** ISO instants; `to` is the first at which it is over. */
  from: string;
  to: string;
  why: string;
  /** Null: every database. */
  databases: readonly string[] | null;
}

/** What a team lays down while it works, beyond the configuration. Null and empty demand nothing. */
export interface PolicyDocument {
  windows: readonly MaintenanceWindow[];
  freezes: readonly Freeze[];
  /** A phase that would keep writers waiting for longer does not start. */
  writeBlockSeconds: number | null;
  approvals: number | null;
  approvalsDestructive: number | null;
  approvalHours: number | null;
  /** Hours after its last signature within which a phase must be started; after that it must be signed again. */
  executionHours: number | null;
  teamRules: readonly TeamRule[];
  /** May only an author who is an admin as well let a breach of these rules stand? */
  rulesByAdmins: boolean;
  /** May an operator start a phase of which signatures are missing, with a reason that everybody reads? A second person answers for it afterwards. */
  breakGlass: boolean;
  /** From so many different groups must the signatures come of a phase that removes data. */
  distinctGroups: number | null;
  /** Days for which an account signs no plan of somebody who made it, its password or its address. */
  accountDays: number | null;
}

/** Version 0: nothing but the configuration of the installation. */
export const NO_DEMANDS: PolicyDocument = { windows: [], freezes: [], writeBlockSeconds: null, approvals: null, approvalsDestructive: null, approvalHours: null, executionHours: null, teamRules: [], rulesByAdmins: false, breakGlass: false, distinctGroups: null, accountDays: null };

/** What counts now: configuration and document together. */
export interface PolicyInForce extends Policy, Pick<PolicyDocument, 'windows' | 'freezes' | 'writeBlockSeconds' | 'executionHours' | 'rulesByAdmins' | 'breakGlass' | 'distinctGroups' | 'accountDays'> {
  /** Number of the document; 0: there is none. */
  number: number;
}

/**
 * The configuration is the floor: of every demand the stricter one counts, so that nobody who signs in can loosen what the
 * environment lays down. The pause for which the planner plans (`writePauseSeconds`) is no demand and stays the configuration's.
 */
export function inForce(floor: Policy, stored: { number: number; document: PolicyDocument } | null): PolicyInForce {
  const { windows, freezes, writeBlockSeconds, approvals, approvalsDestructive, approvalHours, executionHours, teamRules, rulesByAdmins, breakGlass, distinctGroups, accountDays } = stored?.document ?? NO_DEMANDS;
  return {
    ...floor,
    number: stored?.number ?? 0,
    windows, freezes, writeBlockSeconds, executionHours, rulesByAdmins, breakGlass, distinctGroups, accountDays,
    ...signaturesInForce(floor, { approvals, approvalsDestructive, distinctGroups }),
    approvalHours: Math.min(floor.approvalHours, approvalHours ?? Infinity),
    teamRules: teamRulesOf(floor, { teamRules }),
  };
}

/** How many must sign, of configuration and document the stricter. */
export function signaturesInForce(floor: Pick<Policy, 'approvals' | 'approvalsDestructive'>, document: Pick<PolicyDocument, 'approvals' | 'approvalsDestructive' | 'distinctGroups'>): Pick<Policy, 'approvals' | 'approvalsDestructive'> {
  return { approvals: Math.max(floor.approvals, document.approvals ?? 0), approvalsDestructive: Math.max(floor.approvalsDestructive, document.approvalsDestructive ?? 0, document.distinctGroups ?? 0) };
}

/** The rules of both. */
export function teamRulesOf(floor: Pick<Policy, 'teamRules'>, document: Pick<PolicyDocument, 'teamRules'>): TeamRule[] {
  return TEAM_RULES.filter((rule) => floor.teamRules.includes(rule) || document.teamRules.includes(rule));
}

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;
const LONGEST_FREEZE_DAYS = 366;

/** Why a document cannot be policy, as a sentence; null when it can. `databases`: the declared ones. */
export function documentTrouble(document: PolicyDocument, databases: readonly string[]): string | null {
  for (const window of document.windows) {
    const name = `The window of ${window.database}`;
    if (!databases.includes(window.database)) return `No database called “${window.database}” is declared here, so it can have no window.`;
    if (window.days.length === 0) return `${name} opens on no day. Choose the days, or take the window out.`;
    if (!CLOCK.test(window.from) || !CLOCK.test(window.to)) return `${name} needs two times such as 22:00 and 04:00.`;
    if (!isZone(window.zone)) return `${name}: “${window.zone}” is no time zone. Write one such as Europe/Berlin or UTC.`;
  }
  for (const freeze of document.freezes) {
    const [from, to] = [Date.parse(freeze.from), Date.parse(freeze.to)];
    const unknown = freeze.databases?.find((name) => !databases.includes(name));
    if (freeze.why.trim() === '') return 'Say why of every freeze: who is refused reads it.';
    if (Number.isNaN(from) || Number.isNaN(to)) return `The freeze “${freeze.why}” needs a beginning and an end.`;
    if (to <= from) return `The freeze “${freeze.why}” would end before it begins.`;
    if (to - from > LONGEST_FREEZE_DAYS * 86_400_000) return `The freeze “${freeze.why}” is longer than a year. Was that meant?`;
    if (unknown !== undefined) return `No database called “${unknown}” is declared here, so it cannot be frozen.`;
    if (freeze.databases?.length === 0) return `The freeze “${freeze.why}” is of no database. Choose some, or all.`;
  }
  return null;
}

/** Is this the name of a time zone that the runtime's table of zones knows? */
function isZone(zone: string): boolean {
  try {
    return zone !== '' && new Intl.DateTimeFormat('en-GB', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** `Mon to Fri 22:00–04:00 Europe/Berlin`. */
export function windowText({ days, from, to, zone }: Omit<MaintenanceWindow, 'database'>): string {
  return `${daysText(days)} ${from}–${to} ${zone}`;
}

function daysText(days: readonly Weekday[]): string {
  const sorted = WEEKDAYS.filter((day) => days.includes(day));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return 'never';
  if (sorted.length === 7) return 'daily';
  const run = last - first + 1 === sorted.length;
  return run && sorted.length > 2 ? `${DAY_NAMES[first]} to ${DAY_NAMES[last]}` : sorted.map((day) => DAY_NAMES[day]).join(', ');
}

export function dayName(day: Weekday): string {
  return DAY_NAMES[day];
}

/** `2026-12-18 17:00 to 2027-01-04 08:00 UTC, all databases: “Christmas business”`. */
export function freezeText({ from, to, why, databases }: Freeze): string {
  return `${utc(from)} to ${utc(to)} UTC, ${databases === null ? 'all databases' : databases.join(', ')}: “${why}”`;
}

function utc(iso: string): string {
  return new Date(iso).toISOString().slice(0, 16).replace('T', ' ');
}

/** What one version says otherwise than the one before it, each in a sentence; empty: nothing. */
export function policyDifferences(before: PolicyDocument, after: PolicyDocument): string[] {
  const windows = (document: PolicyDocument) => document.windows.map((window) => `window of ${window.database}, ${windowText(window)}`);
  const freezes = (document: PolicyDocument) => document.freezes.map((freeze) => `freeze ${freezeText(freeze)}`);
  const rules = (document: PolicyDocument) => document.teamRules.map((rule) => `rule ${TEAM_RULE_WORDS[rule]}`);
  return [
    ...comeAndGone(windows(before), windows(after)), ...comeAndGone(freezes(before), freezes(after)), ...comeAndGone(rules(before), rules(after)),
    ...number('Approvals of a phase', before.approvals, after.approvals),
    ...number('Approvals of a phase that removes data', before.approvalsDestructive, after.approvalsDestructive),
    ...number('Different groups who sign a phase that removes data', before.distinctGroups, after.distinctGroups),
    ...number('Days for which an account signs nothing of whoever made it', before.accountDays, after.accountDays),
    ...number('Hours for which an approval stands', before.approvalHours, after.approvalHours),
    ...number('Hours after the last signature within which a phase must be started', before.executionHours, after.executionHours),
    ...number('Seconds for which writers may wait', before.writeBlockSeconds, after.writeBlockSeconds),
    ...(before.rulesByAdmins === after.rulesByAdmins ? [] : [after.rulesByAdmins ? 'New: only an author who is an admin as well may let a breach of a rule stand.' : 'Gone: only an author who is an admin as well may let a breach of a rule stand.']),
    ...(before.breakGlass === after.breakGlass ? [] : [after.breakGlass ? 'New: an operator may break the glass.' : 'Gone: an operator may break the glass.']),
  ];
}

/** As a reviewer reads them. */
export const TEAM_RULE_WORDS: Readonly<Record<TeamRule, string>> = {
  no_alter_existing: 'no ALTER TABLE on a table that exists',
  backup_first: 'a backup comes first',
  nullable_first: 'new columns are nullable first',
};

function comeAndGone(before: readonly string[], after: readonly string[]): string[] {
  return [...after.filter((text) => !before.includes(text)).map((text) => `New: ${text}.`), ...before.filter((text) => !after.includes(text)).map((text) => `Gone: ${text}.`)];
}

function number(what: string, before: number | null, after: number | null): string[] {
  return before === after ? [] : [`${what}: ${before ?? 'not laid down'} → ${after ?? 'not laid down'}.`];
}
