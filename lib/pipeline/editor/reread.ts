import { digestOf } from '../digest.ts';
import type { LockClaim, Plan, Step, TableName } from '../plan.ts';
import { spoken } from '../planner/names.ts';
import { shapeOf } from '../runbook/shape.ts';
import { follow, isNew, newWorld, type World } from '../runbook/world.ts';
import { factsOf } from '../sql-facts/facts-of.ts';
import { strongest } from '../sql-facts/tree.ts';
import { kindOf } from '../step-kinds/all.ts';
import { readTyped } from './typed-sql.ts';
import type { Ground } from './written-sql.ts';
import { changes, NO_WAY_BACK } from './written.ts';

/**
 * The plan with locks, rewrite and hazards of those steps read anew whose statements are not what they were: a part of a step does not lock what the
 * whole did, and a table that the plan itself has made holds nobody up. Steps that were not touched keep what was said of them.
 */
export async function reread(before: Plan, after: Plan, ground: Ground): Promise<Plan> {
  const known = new Map(before.phases.flatMap((phase) => phase.steps.map((step) => [step.id, saying(step)])));
  const world = newWorld();
  const phases = [];
  for (const phase of after.phases) {
    const steps: Step[] = [];
    for (const step of phase.steps) {
      const read = await readAndFollow(step, ground, world);
      const touched = phase.kind === 'written' && step.editable && kindOf(step) === 'sql' && known.get(step.id) !== saying(step);
      steps.push(touched ? { ...step, ...read } : step);
    }
    phases.push(steps.every((step, at) => step === phase.steps[at]) ? phase : { ...phase, steps });
  }
  return { ...after, phases };
}

function saying(step: Step): string {
  return digestOf([step.statements, step.undo]);
}

async function readAndFollow(step: Step, ground: Ground, world: World): Promise<Pick<Step, 'locks' | 'rewrite' | 'hazards'>> {
  const searchPath = step.searchPath ?? [];
  const locks: LockClaim[] = [];
  let rewrite = false;
  const hazards: Step['hazards'][number][] = [];
  for (const statement of step.statements) {
    if (statement.do !== 'execute') continue;
    const read = await readTyped(statement.sql);
    for (const { kind, node, sql } of read.ok ? read.statements : []) {
      const facts = factsOf(kind, node, sql, { major: ground.major, searchPath, existing: ground.existing });
      const shape = shapeOf(kind, node, sql, searchPath);
      const fresh = (table: TableName): boolean => isNew(world, table) || shape.creates.some((one) => one.schema === table.schema && one.name === table.name);
      locks.push(...facts.locks.filter(({ table }) => !fresh(table)));
      rewrite ||= facts.rewrite && !shape.changes.every(fresh);
      hazards.push(...facts.hazards.filter(({ code, sentence }) => !(/^(?:BLOCKS_|REWRITES)/.test(code) && facts.tables.some((table) => fresh(table) && ` ${sentence} `.includes(` ${spoken(table)} `)))));
      follow(world, shape);
    }
  }
  const distinct = hazards.filter(({ code, sentence }, at) => hazards.findIndex((one) => one.code === code && one.sentence === sentence) === at);
  const oneWay = changes(step) && step.undo.length === 0 && !distinct.some(({ code }) => code === 'NOT_REVERSIBLE');
  return { locks: strongest(locks), rewrite, hazards: oneWay ? [...distinct, NO_WAY_BACK] : distinct };
}
