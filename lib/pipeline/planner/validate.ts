import { literal, qualified } from '../ddl.ts';
import type { Assertion, Phase, TableName } from '../plan.ts';

/** Everything that the phases before promised, asked once more together, plus every foreign key of the target. Changes nothing. `unchecked`: constraints of a table that are NOT VALID where it comes from too. */
export function validatePhase(phases: readonly Phase[], unchecked: (table: TableName) => readonly string[] = () => []): Phase {
  const assertions = [...phases.filter((phase) => phase.kind !== 'backup' && !isSwapped(phase, phases)).flatMap((phase) => phase.verifications), ...everyForeignKey(phases, unchecked)];
  return {
    id: 'validate',
    kind: 'validate',
    title: 'Validate the result',
    summary: 'Asks again for everything that the phases before promised, in one read-only step, and checks that no constraint is left unvalidated and no index invalid.',
    steps: [{
      id: 'validate.1',
      title: 'Ask for every promise again',
      statements: assertions.map((assertion) => ({ do: 'assert', ...assertion })),
      undo: [],
      locks: [],
      rewrite: false,
      isolation: 'repeatable read',
      hazards: [],
      editable: false,
    }],
    checks: [],
    verifications: [],
    price: [],
    touches: [],
    ...(phases.some((phase) => phase.expects) ? { expects: Object.assign({}, ...phases.map((phase) => phase.expects ?? {})) as Record<string, string> } : {}),
    requires: [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

/** Its tables stand under the names of the live ones by now: what it promised of them beside those holds no more, and the swap promises the rest. */
function isSwapped(built: Phase, phases: readonly Phase[]): boolean {
  return phases.some((phase) => phase.requires.includes(built.id) && built.steps.some((step) => step.work?.kind === 'feed') && phase.steps.some((step) => step.work?.kind === 'swap'));
}

function everyForeignKey(phases: readonly Phase[], unchecked: (table: TableName) => readonly string[]): Assertion[] {
  const tables = phases.flatMap((phase) => (phase.kind === 'convert' || phase.kind === 'create' ? phase.price.map((question) => question.table) : []));
  if (tables.length === 0) return [];
  const left = tables.flatMap((table) => unchecked(table).map((name) => ` AND NOT (conrelid = ${literal(qualified(table))}::regclass AND conname = ${literal(name)})`)).join('');
  const relations = tables.map((table) => `${literal(qualified(table))}::regclass`).join(', ');
  return [
    { label: 'constraints left unvalidated', sql: `SELECT count(*)::text FROM pg_constraint WHERE conrelid IN (${relations}) AND NOT convalidated${left}`, expect: { from: 'literal', value: '0' } },
    { label: 'invalid indexes', sql: `SELECT count(*)::text FROM pg_index WHERE indrelid IN (${relations}) AND NOT indisvalid`, expect: { from: 'literal', value: '0' } },
  ];
}
