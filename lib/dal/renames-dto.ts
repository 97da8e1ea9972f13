import 'server-only';
import { spokenDelta } from '#lib/pipeline/diff.ts';
import { type Rename, renameId, renameOf } from '#lib/pipeline/rename.ts';
import { kindLabel } from '#lib/pipeline/kinds/all.ts';
import { fateOf } from '#lib/pipeline/rename-fate.ts';
import { isMove } from '#lib/pipeline/rename-kinds.ts';
import type { RenameProposal } from '#lib/pipeline/renames.ts';
import { type ObjectKind, parseObjectId } from '#lib/pipeline/snapshot.ts';
import { listed } from '#lib/pipeline/words.ts';
import type { RenameDecision } from '#lib/store/decisions.ts';
import type { RenameDto, RenamesDto } from './dto/compare.ts';
import type { Stand } from './compare-parts.ts';

/** So many stand in the head of the page; all of them are marked in the list. */
const MOST_NAMED = 4;

/** What looks like a rename, and nobody has answered: neither the question nor one of the two differences. */
export function openRenames({ comparison, decisions, renameAnswers }: Stand): RenameDto[] {
  return comparison.proposals().filter((proposal) => !renameAnswers.has(renameId(proposal)) && !decisions.has(proposal.remove) && !decisions.has(proposal.add)).map((proposal) => ({
    id: renameId(proposal), ...namesOf(proposal), groups: groupsOf(proposal), deltaIds: [proposal.remove, proposal.add], evidence: listed(proposal.evidence), answer: null,
  }));
}

/** Everything that is asked or was answered about one object. */
export function renamesOf(stand: Stand, groupId: string): RenameDto[] {
  return [...answeredRenames(stand), ...openRenames(stand)].filter((rename) => rename.groups.includes(groupId));
}

export function renamesDto(stand: Stand): RenamesDto {
  const open = openRenames(stand);
  return { proposed: open.slice(0, MOST_NAMED), open: open.length, lapsed: lapsedRenames(stand) };
}

/** Answers that say something of these two: a rename that holds, and a no to what still looks like one. */
function answeredRenames({ comparison, renameAnswers }: Stand): RenameDto[] {
  const taken = comparison.renames.map((rename) => ({ rename, groups: comparison.deltas.filter((delta) => delta.id === renameId(rename)).map((delta) => delta.group) }));
  const declined = comparison.proposals().map((proposal) => ({ rename: proposal, groups: groupsOf(proposal) }));
  return [...taken, ...declined].flatMap(({ rename, groups }): RenameDto[] => {
    const answer = renameAnswers.get(renameId(rename));
    return answer ? [{ id: renameId(rename), ...namesOf(rename), groups, deltaIds: [], evidence: '', answer: answerDto(answer) }] : [];
  });
}

function lapsedRenames({ comparison, renameAnswers, before, after }: Stand): RenamesDto['lapsed'] {
  const sides = { current: before.database, desired: after.database };
  return [...renameAnswers.values()].flatMap((answer) => {
    const rename = answer.verdict === 'renamed' ? renameOf(answer.deltaId) : null;
    if (!rename || comparison.renames.some((one) => renameId(one) === answer.deltaId)) return [];
    const fate = fateOf(comparison.renamed, comparison.desired, rename, sides);
    return fate.fate === 'lapsed' ? [{ decisionId: answer.id, what: spokenDelta(answer.deltaId, sides), why: fate.why, by: answer.by, at: answer.at.toISOString() }] : [];
  });
}

/** The object that goes and the one that comes; for a column its table. */
function groupsOf({ from, group }: RenameProposal): string[] {
  return from.startsWith('column:') ? [group] : [from, group];
}

/** Without the schema, where both stand in one. */
function namesOf(rename: Rename): Pick<RenameDto, 'kind' | 'from' | 'to' | 'moves'> {
  const [before, after] = [parseObjectId(rename.from), parseObjectId(rename.to)];
  const moves = isMove(rename);
  return { kind: kindLabel(before.kind as ObjectKind, 1), from: before.path.slice(moves || before.kind === 'schema' ? 0 : 1).join('.'), to: moves ? after.path.join('.') : (after.path.at(-1) ?? ''), moves };
}

function answerDto({ id, verdict, reason, by, at }: RenameDecision): NonNullable<RenameDto['answer']> {
  return { id, verdict, reason, by, at: at.toISOString() };
}
