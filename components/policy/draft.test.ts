import { expect, test } from 'vitest';
import { documentText, draftFrom, draftOf } from './draft.ts';

const DOCUMENT = { windows: [{ database: 'prod', days: [1, 2] as const, from: '22:00', to: '04:00', zone: 'UTC' }], freezes: [{ from: '2026-12-18T16:00:00.000Z', to: '2027-01-04T07:00:00.000Z', why: 'Christmas', databases: null }], writeBlockSeconds: 0, approvals: null, approvalsDestructive: 2, approvalHours: null, executionHours: 4, teamRules: ['backup_first'] as const, rulesByAdmins: true, breakGlass: true, distinctGroups: 2, accountDays: 7 };

test('a draft that nobody touched says what the document says', () => {
  expect(JSON.parse(documentText(draftOf(DOCUMENT)))).toEqual(DOCUMENT);
});

test('what is no number is sent as it was typed, and an empty field demands nothing', () => {
  const draft = draftOf(DOCUMENT);
  expect(JSON.parse(documentText({ ...draft, numbers: { ...draft.numbers, approvals: ' two ', approvalsDestructive: '' } }))).toMatchObject({ approvals: 'two', approvalsDestructive: null });
});

test('a draft comes back out of its text, numbers that are none too, as other lines than those that stand there', () => {
  const shown = draftOf(DOCUMENT);
  const typed = { ...shown, windows: [], numbers: { ...shown.numbers, approvals: 'two' } };
  const back = draftFrom(documentText(typed), shown);
  expect(documentText(back)).toBe(documentText(typed));
  expect(back.freezes.map(({ key }) => key)).toEqual([1]);
  expect(draftFrom('no such text', shown)).toBe(shown);
});
