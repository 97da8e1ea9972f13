import { expect, test } from 'vitest';
import type { Policy } from './policy.ts';
import { documentTrouble, inForce, NO_DEMANDS, policyDifferences, type PolicyDocument, windowText } from './policy-document.ts';

const FLOOR: Policy = { approvals: 2, approvalsDestructive: 2, approvalHours: 72, writePauseSeconds: 5, rehearsalRequired: ['prod'], teamRules: ['backup_first'] };
const WINDOW: PolicyDocument['windows'][number] = { database: 'prod', days: [1, 2, 3, 4, 5], from: '22:00', to: '04:00', zone: 'Europe/Berlin' };
const FREEZE: PolicyDocument['freezes'][number] = { from: '2026-12-18T16:00:00.000Z', to: '2027-01-04T07:00:00.000Z', why: 'Christmas business', databases: null };

test('of every demand the stricter one counts: a document demands more than the configuration, never less', () => {
  const loose = inForce(FLOOR, { number: 3, document: { ...NO_DEMANDS, approvals: 1, approvalsDestructive: 1, approvalHours: 1_000 } });
  expect(inForce(FLOOR, { number: 5, document: { ...NO_DEMANDS, distinctGroups: 3 } }).approvalsDestructive).toBe(3);
  expect(loose).toMatchObject({ number: 3, approvals: 2, approvalsDestructive: 2, approvalHours: 72, teamRules: ['backup_first'], rehearsalRequired: ['prod'] });
  const strict = inForce(FLOOR, { number: 4, document: { ...NO_DEMANDS, approvals: 3, approvalsDestructive: 4, approvalHours: 8, teamRules: ['nullable_first'], writeBlockSeconds: 0 } });
  expect(strict).toMatchObject({ approvals: 3, approvalsDestructive: 4, approvalHours: 8, teamRules: ['backup_first', 'nullable_first'], writeBlockSeconds: 0, writePauseSeconds: 5 });
});

test('without a document the configuration counts alone', () => {
  expect(inForce(FLOOR, null)).toEqual({ ...FLOOR, number: 0, windows: [], freezes: [], writeBlockSeconds: null, executionHours: null, rulesByAdmins: false, breakGlass: false, distinctGroups: null, accountDays: null });
});

const trouble = (change: Partial<PolicyDocument>) => documentTrouble({ ...NO_DEMANDS, ...change }, ['prod', 'dev']);

test('a document that would close a database by mistake is refused with the place of the mistake', () => {
  expect(trouble({ windows: [WINDOW], freezes: [FREEZE, { ...FREEZE, databases: ['dev'] }] })).toBeNull();
  expect(trouble({ windows: [{ ...WINDOW, database: 'prd' }] })).toMatch(/“prd” is declared here/);
  expect(trouble({ windows: [{ ...WINDOW, days: [] }] })).toMatch(/opens on no day/);
  expect(trouble({ windows: [{ ...WINDOW, to: '24:00' }] })).toMatch(/two times such as 22:00/);
  expect(trouble({ windows: [{ ...WINDOW, zone: 'Europe/Bonn' }] })).toMatch(/“Europe\/Bonn” is no time zone/);
  expect(trouble({ windows: [{ ...WINDOW, zone: '' }] })).toMatch(/is no time zone/);
  expect(trouble({ freezes: [{ ...FREEZE, to: FREEZE.from }] })).toMatch(/end before it begins/);
  expect(trouble({ freezes: [{ ...FREEZE, to: 'soon' }] })).toMatch(/needs a beginning and an end/);
  expect(trouble({ freezes: [{ ...FREEZE, to: '2036-12-18T16:00:00Z' }] })).toMatch(/longer than a year/);
  expect(trouble({ freezes: [{ ...FREEZE, databases: [] }] })).toMatch(/of no database/);
  expect(trouble({ freezes: [{ ...FREEZE, databases: ['prod', 'stage'] }] })).toMatch(/“stage” is declared here/);
  expect(trouble({ freezes: [{ ...FREEZE, why: ' ' }] })).toMatch(/Say why/);
});

test('what a version changes is said in sentences, and the same twice is nothing', () => {
  const after: PolicyDocument = { ...NO_DEMANDS, windows: [{ ...WINDOW, days: [6, 7] }], freezes: [FREEZE], approvals: 2, executionHours: 4, teamRules: ['backup_first'] };
  expect(policyDifferences(after, structuredClone(after))).toEqual([]);
  expect(policyDifferences({ ...NO_DEMANDS, windows: [WINDOW], approvalHours: 8 }, after)).toEqual([
    'New: window of prod, Sat, Sun 22:00–04:00 Europe/Berlin.', 'Gone: window of prod, Mon to Fri 22:00–04:00 Europe/Berlin.',
    'New: freeze 2026-12-18 16:00 to 2027-01-04 07:00 UTC, all databases: “Christmas business”.', 'New: rule a backup comes first.',
    'Approvals of a phase: not laid down → 2.', 'Hours for which an approval stands: 8 → not laid down.', 'Hours after the last signature within which a phase must be started: not laid down → 4.',
  ]);
});

test('days are read as a person says them', () => {
  expect(windowText({ ...WINDOW, days: [1, 2, 3, 4, 5, 6, 7] })).toBe('daily 22:00–04:00 Europe/Berlin');
  expect(windowText({ ...WINDOW, days: [3, 1] })).toBe('Mon, Wed 22:00–04:00 Europe/Berlin');
});
