import { count } from '#components/ui/format.ts';
import type { PhaseDto } from '#lib/dal/dto/phase.ts';
import type { PlanDto } from '#lib/dal/dto/plan.ts';
import type { Phase } from '#lib/pipeline/plan.ts';

/** What the list of phases to sign says of one; the plan itself, with all its SQL, stays on the server. */
export interface Signable {
  id: string;
  number: number;
  title: string;
  about: string;
  hazards: readonly string[];
  /** Titles of steps that no rollback takes back. */
  stays: readonly string[];
  /** Titles of the steps of a phase from which nothing comes back. */
  gone: readonly string[];
  kind: Phase['kind'];
  /** What becomes of rows and values. */
  aboutRows: readonly string[];
  digest: string;
  numberToType: number | null;
  numberCounts: string;
}

/** The phases that the viewer may sign now. */
export function signableOf(plan: PlanDto): Signable[] {
  return plan.phases.flatMap((one) => {
    const { phase, digest, number, numberToType, numberCounts, rehearsal } = one;
    if (one.approveBlockers !== null || digest === null) return [];
    return [{
      id: phase.id, number, title: phase.title, digest, numberToType, numberCounts,
      about: `${count(phase.steps.length, 'step')}, ${wayBack(one)} · ${rehearsal.verdict === null ? 'not rehearsed' : `rehearsal: ${rehearsal.verdict}`}`,
      stays: one.stays.map(({ title }) => title),
      gone: phase.pointOfNoReturn ? phase.steps.map(({ title }) => title) : [],
      kind: phase.kind, aboutRows: one.aboutRows,
      hazards: [...new Set(phase.steps.flatMap((step) => step.hazards.map((hazard) => hazard.sentence)))],
    }];
  });
}

/** How far a rollback takes a phase back. A step without an undo of its own often goes with what another one takes back: what counts is what would stay. */
export function wayBack({ phase, papers, stays }: Pick<PhaseDto, 'phase' | 'papers' | 'stays'>): string {
  if (phase.pointOfNoReturn) return 'no way back';
  if (Object.values(papers).every((paper) => paper.undo === null) && stays.length === 0) return 'nothing to take back';
  return stays.length === 0 ? 'a rollback takes all of it back' : `a rollback takes back all but ${count(stays.length, 'step')}`;
}
