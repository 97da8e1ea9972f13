import { note, type DraftNote, type DraftPhase } from './draft.ts';
import { isLook } from './expected.ts';
import { isBeforehand } from './telling.ts';

/**
 * The order in which the phases run, where the text itself says another than that of its lines: `run the SQL above` stands where it is to be run, and what
 * is called `before` or `pre-…` comes before the first change.
 */
export function arrange(read: readonly (DraftPhase & { afterAbove?: boolean })[]): { phases: DraftPhase[]; notes: DraftNote[] } {
  const phases = [...read];
  const notes: DraftNote[] = [];
  for (const phase of read.filter(({ afterAbove }) => afterAbove === true)) {
    const meant = phases.slice(0, phases.indexOf(phase)).findLast((one) => one.section !== phase.section && changes(one));
    if (!meant) continue;
    phases.splice(phases.indexOf(meant), 1);
    phases.splice(phases.indexOf(phase), 0, meant);
  }
  for (const phase of read) {
    const first = phases.findIndex(changes);
    const here = phases.indexOf(phase);
    if (!isBeforehand(phase.section.title) || first === -1 || here <= first) continue;
    phases.splice(here, 1);
    phases.splice(first, 0, phase);
    notes.push(note('understood', `“${phase.title}” stands further down in the text, and comes first here, as its heading says.`, phase.from));
  }
  return { phases: phases.filter(({ steps, later }) => steps.length > 0 || later.length > 0), notes };
}

function changes(phase: DraftPhase): boolean {
  return phase.steps.some(({ body }) => body.is === 'open' || (body.is === 'sql' && body.statements.some(({ kind, node }) => !isLook(kind, node))));
}
