import type { AttributeLabel, Change } from './kind.ts';

export const ROUTINE_ATTRIBUTES: readonly AttributeLabel[] = [
  { name: 'definition', label: 'definition', remedy: 'altered' },
  { name: 'arguments', label: 'arguments', derived: true, remedy: 'recreated' },
  { name: 'result', label: 'result', derived: true, remedy: 'recreated' },
  { name: 'language', label: 'language', derived: true },
];

/** CREATE OR REPLACE keeps what rests on the routine; names and defaults of arguments and the result it cannot always change. */
export function alterRoutine({ desired }: Change): readonly string[] {
  return [String(desired.attributes.definition).trimEnd()];
}
