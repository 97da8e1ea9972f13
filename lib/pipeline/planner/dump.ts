import type { FullBackup, Phase, Step } from '../plan.ts';
import { previewsOf } from '../step-kinds/all.ts';
import type { Workbench } from './input.ts';

export const DUMP_PHASE = 'dump';

const NOTHING: Pick<Step, 'statements' | 'undo' | 'locks' | 'rewrite' | 'hazards' | 'editable'> = { statements: [], undo: [], locks: [], rewrite: false, hazards: [], editable: false };

/** A phase of its own and the first of all, before names change or anything is prepared: a dump holds ACCESS SHARE on every table until it ends. */
export function dumpPhase(bench: Workbench, how: FullBackup): Phase {
  const steps = stepsOf(bench, how);
  return {
    id: DUMP_PHASE,
    kind: 'dump',
    title: `Dump ${bench.input.target}`,
    summary: `Dumps the whole database with pg_dump${how === 'dump_and_restore' ? ', and restores the dump into a scratch database to compare it' : ''}. No live table is locked against writes.`,
    steps,
    checks: previewsOf(steps),
    verifications: [],
    price: [],
    touches: [],
    requires: [],
    orphanDecisions: {},
    destructive: false,
    pointOfNoReturn: false,
    due: null,
  };
}

function stepsOf(bench: Workbench, how: FullBackup): Step[] {
  const dump: Step = { ...NOTHING, id: `${DUMP_PHASE}.1`, title: `Dump ${bench.input.target} with pg_dump`, work: { kind: 'dump' } };
  return how === 'dump' ? [dump] : [dump, { ...NOTHING, id: `${DUMP_PHASE}.2`, title: 'Restore the dump into a scratch database and compare it', work: { kind: 'restore_test', of: dump.id } }];
}
