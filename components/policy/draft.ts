import type { PolicyDto } from '#lib/dal/dto/policy.ts';

type Document = PolicyDto['document'];
type Window = Document['windows'][number];
type Freeze = Document['freezes'][number];

/** A line of the form keeps its key while it is edited. Numbers are texts here: an empty field demands nothing. */
export interface Draft {
  windows: readonly (Window & { key: number })[];
  freezes: readonly (Freeze & { key: number })[];
  numbers: Readonly<Record<NumberField, string>>;
  teamRules: Document['teamRules'];
  rulesByAdmins: boolean;
  breakGlass: boolean;
}
export type NumberField = 'approvals' | 'approvalsDestructive' | 'approvalHours' | 'executionHours' | 'writeBlockSeconds' | 'distinctGroups' | 'accountDays';
const NUMBER_FIELDS: readonly NumberField[] = ['approvals', 'approvalsDestructive', 'approvalHours', 'executionHours', 'writeBlockSeconds', 'distinctGroups', 'accountDays'];

/** @param firstKey above those of lines that stand on the page, so that theirs are other lines. */
export function draftOf(document: Document, firstKey = 0): Draft {
  return {
    windows: document.windows.map((window, at) => ({ ...window, key: firstKey + at })),
    freezes: document.freezes.map((freeze, at) => ({ ...freeze, key: firstKey + at })),
    numbers: { approvals: text(document.approvals), approvalsDestructive: text(document.approvalsDestructive), approvalHours: text(document.approvalHours), executionHours: text(document.executionHours), writeBlockSeconds: text(document.writeBlockSeconds), distinctGroups: text(document.distinctGroups), accountDays: text(document.accountDays) },
    teamRules: document.teamRules,
    rulesByAdmins: document.rulesByAdmins,
    breakGlass: document.breakGlass,
  };
}

/** As the server wants it. What is no number goes as it was typed, so that the server says so: as nothing it would quietly demand nothing. */
export function documentText({ windows, freezes, numbers, teamRules, rulesByAdmins, breakGlass }: Draft): string {
  const number = (field: NumberField) => {
    const typed = numbers[field].trim();
    if (typed === '') return null;
    return /^\d+$/.test(typed) ? Number(typed) : typed;
  };
  return JSON.stringify({
    windows: windows.map(({ database, days, from, to, zone }) => ({ database, days, from, to, zone })),
    freezes: freezes.map(({ from, to, why, databases }) => ({ from, to, why, databases })),
    ...Object.fromEntries(NUMBER_FIELDS.map((field) => [field, number(field)])),
    teamRules,
    rulesByAdmins,
    breakGlass,
  });
}

/** The draft that wrote this text, to stand in the place of another one. What is no such text changes nothing. */
export function draftFrom(kept: string, before: Draft): Draft {
  try {
    return draftOf(JSON.parse(kept) as Document, Math.max(nextKey(before.windows), nextKey(before.freezes)));
  } catch {
    return before;
  }
}

export function nextKey(lines: readonly { key: number }[]): number {
  return Math.max(-1, ...lines.map((line) => line.key)) + 1;
}

function text(value: number | string | null): string {
  return value === null ? '' : String(value);
}
