import 'server-only';
import type { DatabaseConfig } from '#lib/env.ts';
import { withReader } from '#lib/pg/session.ts';
import { readStart } from '#lib/pg/start-reading.ts';
import { tableKey } from '#lib/pipeline/expectation.ts';
import type { TableName } from '#lib/pipeline/plan.ts';
import { type StartLight, startLight } from '#lib/pipeline/start-light.ts';
import { startNeeds } from '#lib/pipeline/start-needs.ts';
import type { Holder, SessionNow, StartReading, Waiter } from '#lib/pipeline/start-reading.ts';
import { configuration, databaseNamed } from './control.ts';
import type { RouteContext } from './gate.ts';
import { knownId } from './load-plan.ts';
import { phaseFactsOf, readPlanFacts } from './plan-facts.ts';

/** May a phase start now, as the reader sees its target at `readAt`. */
export interface StartLightDto extends StartLight {
  readAt: string;
  target: string;
}

/** What goes on in a database: the same figures without a phase. */
export interface ActivityDto extends StartLight {
  readAt: string;
  transactions: readonly SessionNow[];
  holders: readonly Holder[];
  waiters: readonly Waiter[];
}

const STATEMENT_MS = 5_000;
/** However many people look at it, a database is asked once in so long. */
const SHARED_MS = 3_000;

/** Of this process; few databases are looked at, and what is old goes with the next look. */
const looks = new Map<string, { at: number; reading: Promise<StartReading> }>();

export async function answerStartLight({ db }: RouteContext, planId: string, phaseId: string): Promise<Response> {
  const env = configuration();
  const facts = await readPlanFacts(db, knownId(planId), env.policy);
  const { phase, rehearsal } = phaseFactsOf(facts, phaseId);
  const config = databaseNamed(facts.stored.target, env);
  const needs = startNeeds(phase, rehearsal);
  const reading = await lookedAt(config, needs.tables);
  return answer({ ...startLight(needs, reading, termsOf(config)), readAt: reading.readAt, target: config.name } satisfies StartLightDto);
}

export async function answerActivity(_context: RouteContext, name: string): Promise<Response> {
  const config = databaseNamed(name);
  const reading = await lookedAt(config, []);
  const { light, reasons } = startLight({ claims: [], tables: [], copies: [], writesMore: false, waitsForAll: false, rehearsed: null }, reading, termsOf(config));
  // Without a phase nothing is written, and no lock is asked for.
  const told = reasons.filter((reason) => reason.code !== 'DISK' && reason.code !== 'HOLDER');
  const { readAt, transactions, holders, waiters } = reading;
  return answer({ light, reasons: told, readAt, transactions, holders, waiters } satisfies ActivityDto);
}

function termsOf(config: DatabaseConfig) {
  return { maxLagSeconds: configuration().maxReplicaLagSeconds, volumeBytes: config.volumeBytes ?? null };
}

function lookedAt(config: DatabaseConfig, tables: readonly TableName[]): Promise<StartReading> {
  const key = JSON.stringify([config.name, tables.map(tableKey).toSorted()]);
  const now = Date.now();
  for (const [other, look] of looks) if (now - look.at > SHARED_MS) looks.delete(other);
  const known = looks.get(key);
  if (known) return known.reading;
  const reading = withReader(config, (client) => readStart(client, tables, { disk: config.volumeBytes !== undefined }), { statementTimeoutMs: STATEMENT_MS });
  looks.set(key, { at: now, reading });
  reading.catch(() => looks.delete(key));
  return reading;
}

function answer(value: StartLightDto | ActivityDto): Response {
  return Response.json(value, { headers: { 'Cache-Control': 'no-store' } });
}
