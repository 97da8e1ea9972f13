import { expect, test } from 'vitest';
import type { PlanListItem } from './dto/plan.ts';
import type { HomeItem } from './dto/home.ts';
import { plansInOrder, type Turn, waitingInOrder } from './home-order.ts';

function turn(why: Turn['turn'], planId: string, phaseNumber: number, at: string): Turn {
  return { turn: why, item: { planId, phaseNumber, at, planName: planId, phaseId: String(phaseNumber), phaseTitle: '', phaseCount: 9, sentence: why, href: '' } satisfies HomeItem };
}
function plan(id: string, phasesDone: number, inTrouble = false): PlanListItem {
  return { id, name: id, target: 'prod', author: '', sentence: '', inTrouble, updatedAt: '', phasesDone, phaseCount: 3 };
}
const said = (items: readonly HomeItem[]) => items.map(({ sentence, planId, phaseNumber }) => `${sentence} ${planId}${phaseNumber}`);

test('what cannot wait comes before what is new: a run, a plan that stands half, a way back that closes, a start, a signature', () => {
  const turns = [turn('approve', 'a', 1, '2026-11-22'), turn('author', 'b', 1, '2026-11-21'), turn('start', 'c', 2, '2026-11-20'), turn('window', 'd', 3, '2026-11-19'), turn('trouble', 'e', 1, '2026-11-18'), turn('run', 'f', 1, '2026-11-17')];
  expect(said(waitingInOrder(turns))).toEqual(['run f1', 'trouble e1', 'window d3', 'start c2', 'approve a1', 'author b1']);
  expect(waitingInOrder(turns).map((one) => one.turn)).toEqual(['run', 'trouble', 'window', 'start', 'approve', 'author']);
});

test('of two that are as pressing, the one that has waited longer comes first, and its phases stay together', () => {
  const turns = [turn('approve', 'new', 1, '2026-11-20'), turn('approve', 'old', 2, '2026-11-22'), turn('approve', 'new', 2, '2026-11-21'), turn('approve', 'old', 1, '2026-11-01')];
  expect(said(waitingInOrder(turns))).toEqual(['approve old1', 'approve old2', 'approve new1', 'approve new2']);
});

test('plans that need somebody stand above those that are done, however new these are', () => {
  const plans = [plan('done', 3), plan('open', 1), plan('also done', 3), plan('mine', 0), plan('half', 1, true)];
  expect(plansInOrder(plans, [turn('approve', 'mine', 1, '').item]).map(({ id }) => id)).toEqual(['half', 'mine', 'open', 'done', 'also done']);
});
