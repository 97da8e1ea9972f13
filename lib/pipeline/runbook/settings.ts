import { note, type Passage, type ReadPassage } from './draft.ts';
import type { Spot } from './fence-places.ts';
import type { ParsedSql } from './sql-pieces.ts';

/** `SET …`, with the schemas that it looks in; null for everything else. */
export function settingOf(one: ParsedSql | undefined): { name: string; path: string[] | null } | null {
  if (one?.kind !== 'VariableSetStmt') return null;
  const name = String(one.node.name);
  if (name !== 'search_path') return /timeout|client_|standard_conforming|application_name|check_function_bodies|row_security|work_mem/.test(name) ? { name, path: null } : null;
  const path = [...JSON.stringify(one.node.args ?? []).matchAll(/"sval":\{?"?(?:sval":)?"([^"]+)"/g)].map((found) => found[1] ?? '').filter((schema) => schema !== '' && schema !== '$user');
  return { name, path: path.length > 0 ? path : ['public'] };
}

export function settingNote(setting: { name: string; path: string[] | null }, at: Spot, where: string): ReadPassage['notes'][number] {
  if (setting.path) return note('understood', `${where} names without a schema are looked for in ${setting.path.join(', ')}, as SET search_path says.`, at.line, at.column);
  return note('left_out', `SET ${setting.name} is left out: a step has a session of its own, and its timeouts come from the policy.`, at.line, at.column);
}

/** SET LOCAL at the head of a transaction is about that transaction alone. */
export function withoutSettings(statements: readonly ParsedSql[], passage: Passage, spot: (at: number) => Spot, result: ReadPassage): { statements: ParsedSql[]; searchPath: readonly string[] } {
  const kept: ParsedSql[] = [];
  let { searchPath } = passage;
  for (const one of statements) {
    const setting = settingOf(one);
    if (!setting) kept.push(one);
    else {
      searchPath = setting.path ?? searchPath;
      result.notes.push(settingNote(setting, spot(one.from), 'In this transaction'));
    }
  }
  return { statements: kept, searchPath };
}
