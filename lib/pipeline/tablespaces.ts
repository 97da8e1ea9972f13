import type { Delta } from './diff.ts';
import { blocking, type JudgedFinding } from './findings.ts';
import { placeNamed } from './kinds/placement.ts';

/** Tablespaces that the differences put something into, on the way there (`add`, `change`) and back. */
export function tablespacesWanted(deltas: readonly Delta[]): string[] {
  const names = deltas.filter(({ kind }) => kind === 'placement').flatMap(({ current, desired }) => [...(desired ? [placeNamed(desired, false)] : []), ...(current ? [placeNamed(current, desired === null)] : [])]);
  return [...new Set(names)].toSorted();
}

/** What is not on the server, or not open to the operator, would fail in the run: it stops the signature. */
export function judgeTablespaces({ missing, closed }: { missing: readonly string[]; closed: readonly string[] }): JudgedFinding[] {
  return [
    ...missing.map((name) => blocking('TABLESPACE_ABSENT', `The server of the target has no tablespace ${name}: create it there, then measure again, or leave the difference out.`)),
    ...closed.map((name) => blocking('TABLESPACE_ABSENT', `The role that carries this out may put nothing into the tablespace ${name}: grant CREATE on it, then measure again, or leave the difference out.`)),
  ];
}
