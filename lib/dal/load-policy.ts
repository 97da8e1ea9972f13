import 'server-only';
import { TEAM_RULES } from '#lib/pipeline/lint/finding.ts';
import { freezeText, inForce, type MaintenanceWindow, NO_DEMANDS, policyDifferences, TEAM_RULE_WORDS, windowText } from '#lib/pipeline/policy-document.ts';
import { localMinute, type Opening, windowAt } from '#lib/pipeline/policy-time.ts';
import { listPolicies, type PolicyVersion } from '#lib/store/policy.ts';
import { changePolicySpec } from './commands/policy.ts';
import { configuration } from './control.ts';
import type { PolicyDto } from './dto/policy.ts';
import { load } from './gate.ts';

/** So many versions are shown; the log has all of them. */
const VERSIONS_MOST = 100;

/** What counts now, for everybody who may be refused by it; changed by admins. */
export const loadPolicy = load(async ({ db, person }): Promise<PolicyDto> => {
  const { policy: floor, databases } = configuration();
  const versions = await listPolicies(db, VERSIONS_MOST + 1);
  const current = versions[0] ?? null;
  const document = current?.document ?? NO_DEMANDS;
  const policy = inForce(floor, current);
  const now = new Date();
  return {
    number: policy.number,
    document,
    floor: { approvals: floor.approvals, approvalsDestructive: floor.approvalsDestructive, approvalHours: floor.approvalHours, teamRules: floor.teamRules, rehearsalRequired: floor.rehearsalRequired },
    inForce: { approvals: policy.approvals, approvalsDestructive: Math.max(policy.approvals, policy.approvalsDestructive), approvalHours: policy.approvalHours, teamRules: policy.teamRules },
    databases: databases.map(({ name, environment }) => {
      const windows = document.windows.filter((window) => window.database === name);
      const opening = windowAt(policy, name, now);
      return { name, environment, state: opening.state, sentence: openingSentence(opening, windows), windows: windows.map(windowText) };
    }),
    freezes: document.freezes.map((freeze) => ({ text: freezeText(freeze), state: Date.parse(freeze.to) <= now.getTime() ? 'over' as const : Date.parse(freeze.from) <= now.getTime() ? 'now' as const : 'to come' as const })),
    versions: versions.slice(0, VERSIONS_MOST).map((version, index) => versionDto(version, versions[index + 1] ?? null)),
    rules: TEAM_RULES.map((rule) => ({ rule, words: TEAM_RULE_WORDS[rule] })),
    mayChange: changePolicySpec.roles.some((role) => person.roles.includes(role)),
  };
});

function versionDto({ number, document, by, at, reason }: PolicyVersion, before: PolicyVersion | null): PolicyDto['versions'][number] {
  return { number, by, at: at.toISOString(), reason, differences: policyDifferences(before?.document ?? NO_DEMANDS, document) };
}

function openingSentence(opening: Opening, windows: readonly MaintenanceWindow[]): string {
  const zone = windows[0]?.zone ?? 'UTC';
  switch (opening.state) {
    case 'open': return opening.until ? `until ${localMinute(opening.until, zone)}` : 'at any time';
    case 'closed': return opening.opensAt ? `opens ${localMinute(opening.opensAt, opening.zone)}` : 'no window opens within a year';
    case 'frozen': return `until ${localMinute(opening.until, opening.zone ?? 'UTC')}: “${opening.why}”`;
  }
}
