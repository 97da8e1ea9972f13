import { beforeEach, describe, expect, test } from 'vitest';
import { listAudit, verifyChain } from '#lib/store/audit.ts';
import { findPerson } from '#lib/store/people.ts';
import { listPlans } from '#lib/store/plans.ts';
import { act, done, POLICY } from '#lib/testing/acting.ts';
import { approve, chosenDeltas, facts, makeBazaarPlan, makeDecidedPlan, phaseNow, SIDES } from '#lib/testing/bazaar-plan.ts';
import { freshWorld, type World } from '#lib/testing/world.ts';
import { planDto } from '../plan-dto.ts';
import { decideDeltaSpec, readAgainSpec, withdrawDecisionSpec } from './compare.ts';
import { disablePersonSpec, setRolesSpec } from './people.ts';
import { createPlanSpec, decideOrphansSpec, editStepSpec, renamePlanSpec } from './plans.ts';
import { approvePhaseSpec, approvePhasesSpec, measurePhaseSpec, requestChangesSpec, resolveChangeRequestSpec, withdrawApprovalSpec } from './review.ts';
import { cancelRunSpec, executePhaseSpec } from './runs.ts';
import { verifyChainSpec } from './log.ts';

let world: World;
beforeEach(async () => {
  world = await freshWorld();
});

const actions = async () => (await listAudit(world.db, {}, 50)).map((entry) => entry.action);

async function start(planId: string, phaseId: string, person: 'operator' | 'approver' = 'operator') {
  const one = await phaseNow(world, planId, phaseId);
  return act(world, person, executePhaseSpec, { planId, version: one.version, phaseId, digest: one.digest ?? '', reason: '' });
}

describe('every command', () => {
  test('refuses whoever is not signed in, and writes nothing', async () => {
    expect(await act(world, null, readAgainSpec, SIDES)).toMatchObject({ status: 'refused', code: 'not_signed_in' });
    expect(await actions()).toEqual([]);
  });

  test('refuses a person who was disabled after signing in', async () => {
    await world.db.updateTable('person').set({ disabled_at: new Date() }).where('id', '=', world.people.author.id).execute();
    expect(await act(world, 'author', readAgainSpec, SIDES)).toMatchObject({ status: 'refused', code: 'not_signed_in' });
  });

  test('reads roles anew each time: a role taken away counts at once, and the refusal is in the log with who and why', async () => {
    await done(act(world, 'author', readAgainSpec, SIDES));
    await world.db.deleteFrom('person_role').where('person_id', '=', world.people.author.id).where('role', '=', 'author').execute();
    expect(await act(world, 'author', createPlanSpec, { ...SIDES, deltaId: ['add:x'], name: 'x' })).toMatchObject({ status: 'refused', code: 'not_allowed' });
    const [entry] = await listAudit(world.db, {}, 1);
    expect(entry).toMatchObject({ action: 'create plan: refused', actor: 'Author <author@demo.test>', detail: { refusal: { code: 'not_allowed' } } });
  });

  test('says what is wrong with its input in words', async () => {
    expect(await act(world, 'author', decideDeltaSpec, { ...SIDES, deltaId: ['add:x'], verdict: 'not_needed', reason: '  ' })).toMatchObject({ status: 'refused', code: 'reason_required' });
    expect(await act(world, 'author', renamePlanSpec, { planId: 'no uuid', version: 1, name: 'x' })).toMatchObject({ status: 'refused', code: 'invalid_input', sentence: expect.stringContaining('Load the page again') });
    expect(await act(world, 'author', createPlanSpec, {})).toMatchObject({ status: 'refused', code: 'invalid_input' });
  });

  test('names an unknown database, one that does not answer, and a wrong credential, without a word of the driver', async () => {
    expect(await act(world, 'author', readAgainSpec, { ...SIDES, desired: 'nowhere' })).toMatchObject({ status: 'refused', code: 'database_unknown' });
    const prod = world.prod.config;
    const withReader = (readerUrl: string): World => ({ ...world, databases: [{ ...prod, readerUrl }, ...world.databases.filter((one) => one.name !== prod.name)] });
    const away = await act(withReader('postgres://reader:hidden-secret@127.0.0.1:9/x'), 'author', readAgainSpec, SIDES);
    expect(away).toMatchObject({ status: 'refused', code: 'database_unreachable' });
    const wrong = await act(withReader(prod.readerUrl.replace(/:\/\/([^:]+):[^@]+@/, '://$1:hidden-secret@')), 'author', readAgainSpec, SIDES);
    expect(wrong).toMatchObject({ status: 'refused', code: 'credential_wrong' });
    expect(JSON.stringify([away, wrong, await listAudit(world.db, {}, 10)])).not.toMatch(/hidden-secret|ECONNREFUSED|SASL|127\.0\.0\.1/);
  });

  test('masks a surprise with an id, and keeps nothing of it', async () => {
    const broken = { ...readAgainSpec, prepare: async () => { throw new Error('secret detail of a bug'); } };
    const state = await act(world, 'author', broken, SIDES);
    expect(state).toMatchObject({ status: 'surprise', errorId: expect.stringMatching(/^[0-9a-f]{10}$/) });
    expect(JSON.stringify(state)).not.toContain('secret detail');
  });

  test('writes its log entry in its own transaction: when the entry fails, nothing was done', async () => {
    const planId = await makeBazaarPlan(world);
    const { version } = (await facts(world, planId)).stored;
    const superuser = await world.control.client('superuser');
    await superuser.query(`revoke insert on audit_entry from countersign_app`);
    expect(await act(world, 'author', renamePlanSpec, { planId, version, name: 'Renamed' })).toMatchObject({ status: 'surprise' });
    expect((await facts(world, planId)).stored.name).toBe('Bazaar');
  });
});

describe('decisions', () => {
  test('fold a difference away with a reason, once, and can be withdrawn', async () => {
    await done(act(world, 'author', readAgainSpec, SIDES));
    const answer = { ...SIDES, deltaId: ['add:schema:auth', 'add:schema:neon_auth', 'add:schema:pgrst'], verdict: 'not_needed', reason: 'we use NextAuth' };
    await done(act(world, 'author', decideDeltaSpec, answer));
    expect(await act(world, 'author', decideDeltaSpec, answer)).toMatchObject({ status: 'refused', code: 'invalid_input', sentence: expect.stringContaining('decided this difference just now') });
    const rows = await world.db.selectFrom('decision').select('id').where('withdrawn_at', 'is', null).execute();
    expect(rows).toHaveLength(3);
    await done(act(world, 'author', withdrawDecisionSpec, { decisionId: rows[0]?.id ?? '' }));
    expect(await act(world, 'author', withdrawDecisionSpec, { decisionId: rows[0]?.id ?? '' })).toMatchObject({ status: 'refused', code: 'not_found' });
  });

  test('on a difference that does not exist are refused', async () => {
    await done(act(world, 'author', readAgainSpec, SIDES));
    expect(await act(world, 'author', decideDeltaSpec, { ...SIDES, deltaId: ['add:table:public.invented'], verdict: 'later', reason: 'x' })).toMatchObject({ status: 'refused', code: 'not_found' });
  });
});

describe('a plan', () => {
  test('is measured when it is made: 2 orphans of exports take 6 of export_analytics along', async () => {
    const planId = await makeBazaarPlan(world);
    const convert = await phaseNow(world, planId, 'convert');
    const orphans = convert.evidence?.evidence.measurements.find((one) => one.kind === 'orphans');
    expect(orphans).toMatchObject({ rowsByTable: { 'public.bazaar-vid_exports': 2, 'public.bazaar-vid_export_analytics': 6 } });
    expect(convert.findings.filter((finding) => finding.severity === 'blocking').length).toBeGreaterThan(0);
    expect((await facts(world, planId)).stored.plan.phases.map((phase) => phase.kind)).toEqual(['backup', 'convert', 'duplicate', 'empty', 'create', 'validate', 'cleanup']);
  });

  test('rebuilds beside the live tables what would keep writers waiting longer than policy allows, says why, and shows what feeds it; decisions keep the pause it was made for', async () => {
    await done(act(world, 'author', readAgainSpec, SIDES));
    const made = await done(act(world, 'author', createPlanSpec, { ...SIDES, deltaId: await chosenDeltas(world), name: 'Beside' }, { ...POLICY, writePauseSeconds: 0 }));
    const planId = made.to?.split('/').at(-1) ?? '';
    const build = await phaseNow(world, planId, 'convert');
    expect(build.phase.summary).toMatch(/would block writers for an estimated under 1 s, over the 0 s that a pause may take, so the new tables are filled beside the live ones/);
    const reader = await findPerson(world.db, world.people.approver.id);
    if (!reader) throw new Error('nobody reads the plan');
    const shown = planDto(await facts(world, planId), reader, new Map(), { offered: false, last: null }, null, []).phases.find((one) => one.phase.id === 'convert')?.papers['convert.3']?.sql ?? [];
    expect(shown.map((one) => one.label).filter((label) => label.endsWith(' bazaar-vid_exports'))).toEqual(['estimate the rows of', 'copy a batch of', 'defer a batch that does not go over of', 'count the keys that wait of', 'take changed keys of', 'write what stands now of', 'take out what is gone of', 'rewrite rows that exchange a unique value in', 'old spellings of', 'old spellings of'].map((label) => `${label} bazaar-vid_exports`));
    const decide = async (verdict: string) => done(act(world, 'author', decideOrphansSpec, { planId, version: (await facts(world, planId)).stored.version, phaseId: 'convert', foreignKey: build.phase.checks.flatMap((check) => (check.kind === 'orphans' ? check.foreignKeys.map((key) => key.id) : []))[0] ?? '', verdict, reason: 'the project was deleted' }));
    await decide('stop');
    expect((await facts(world, planId)).stored.plan.phases.map((phase) => phase.id)).toContain('convert-swap');
    await decide('delete');
    const decided = await phaseNow(world, planId, 'convert');
    expect([decided.phase.steps[0]?.title, decided.phase.destructive]).toEqual(['Note the rows without a parent in bazaar-vid_exports', true]);
    // What the build changes is not asked of the swap any more; the rest is known from before.
    const swap = await phaseNow(world, planId, 'convert-swap');
    expect(swap.phase.checks.map((check) => check.kind)).not.toContain('orphans');
    expect(swap.evidence?.evidence.measurements.map((one) => one.check).toSorted()).toEqual(swap.phase.checks.map((check) => check.id).toSorted());
  });

  test('is kept, and says why it was not measured, when the target is away at that moment', async () => {
    await done(act(world, 'author', readAgainSpec, SIDES));
    const { chosenDeltas } = await import('#lib/testing/bazaar-plan.ts');
    const deltaId = await chosenDeltas(world);
    const away: World = { ...world, databases: world.databases.map((one) => ({ ...one, readerUrl: 'postgres://x:y@127.0.0.1:9/x' })) };
    const made = await done(act(away, 'author', createPlanSpec, { ...SIDES, deltaId, name: 'Bazaar' }));
    expect(made.sentence).toContain('not measured yet');
    expect(await listPlans(world.db)).toHaveLength(1);
  });

  test('keeps its measurements when an orphan set is decided, because the facts are the same', async () => {
    const planId = await makeDecidedPlan(world);
    const convert = await phaseNow(world, planId, 'convert');
    expect(convert.version).toBe(1 + Object.keys(convert.phase.orphanDecisions).length);
    expect(convert.numberToType).toBe(8);
    expect(convert.findings.filter((finding) => finding.severity === 'blocking')).toEqual([]);
  });

  test('that somebody else just changed is not overwritten: the refusal says who and when', async () => {
    const planId = await makeBazaarPlan(world);
    const convert = await phaseNow(world, planId, 'convert');
    const foreignKey = convert.phase.checks.flatMap((check) => (check.kind === 'orphans' ? check.foreignKeys : []))[0]?.id ?? '';
    const decide = (reason: string) => act(world, 'author', decideOrphansSpec, { planId, version: convert.version, phaseId: 'convert', foreignKey, verdict: 'delete', reason });
    const both = await Promise.all([decide('first'), decide('second')]);
    expect(both.map((state) => state.status).sort()).toEqual(['done', 'refused']);
    expect(both.find((state) => state.status === 'refused')).toMatchObject({ code: 'plan_changed', sentence: expect.stringMatching(/Author saved version 2 of the plan at .* UTC/) });
    expect(await act(world, 'approver', measurePhaseSpec, { planId, version: convert.version, phaseId: 'convert' })).toMatchObject({ status: 'refused', code: 'plan_changed' });
  });

  test('refuses SQL that does not parse and steps that follow from decisions', async () => {
    const planId = await makeDecidedPlan(world);
    const now = await facts(world, planId);
    const steps = now.stored.plan.phases.flatMap((phase) => phase.steps.map((step) => ({ phase, step })));
    const open = steps.find(({ step }) => step.editable);
    const closed = steps.find(({ step }) => !step.editable);
    const edit = (one: typeof open, sql: string) => act(world, 'author', editStepSpec, { planId, version: now.stored.version, phaseId: one?.phase.id ?? '', stepId: one?.step.id ?? '', sql, undo: '' });
    expect(await edit(open, 'create tabel x ()')).toMatchObject({ status: 'refused', code: 'does_not_parse' });
    expect(await edit(open, 'commit')).toMatchObject({ status: 'refused', code: 'does_not_parse' });
    expect(await edit(closed, 'select 1')).toMatchObject({ status: 'refused', code: 'not_editable' });
  });
});

describe('approval', () => {
  test('of one’s own plan is refused to an author who is approver and admin too', async () => {
    const planId = await makeDecidedPlan(world);
    for (const role of ['approver', 'admin'] as const) await world.db.insertInto('person_role').values({ person_id: world.people.author.id, role }).execute();
    expect(await approve(world, 'author', planId, 'backup')).toMatchObject({ status: 'refused', code: 'own_plan' });
    expect(await actions()).toContain('approve phase: refused');
    await world.db.updateTable('person').set({ email: 'author+review@demo.test' }).where('id', '=', world.people.approver2.id).execute();
    expect(await approve(world, 'approver2', planId, 'backup')).toMatchObject({ status: 'refused', code: 'own_plan' });
    expect((await phaseNow(world, planId, 'backup')).signers.map(({ name }) => name)).toEqual(['Approver']);
  });

  test.each(['viewer', 'operator', 'admin'] as const)('by %s is refused', async (person) => {
    const planId = await makeDecidedPlan(world);
    expect(await approve(world, person, planId, 'backup')).toMatchObject({ status: 'refused', code: 'not_allowed' });
  });

  test('is refused while orphans are undecided', async () => {
    const planId = await makeBazaarPlan(world);
    expect(await approve(world, 'approver', planId, 'convert')).toMatchObject({ status: 'refused', code: 'findings_block' });
  });

  test('several phases are signed in one act, each over its own digest and number; a wrong number signs none of them', async () => {
    const planId = await makeDecidedPlan(world);
    const [backup, convert] = [await phaseNow(world, planId, 'backup'), await phaseNow(world, planId, 'convert')];
    const sign = (person: 'approver' | 'author', typed: string) =>
      act(world, person, approvePhasesSpec, { planId, version: backup.version, phaseId: ['backup', 'convert'], digest: [backup.digest ?? '', convert.digest ?? ''], typedNumber: ['', typed], comment: 'both' });
    expect(await sign('author', '8')).toMatchObject({ status: 'refused', code: 'own_plan' });
    expect(await sign('approver', '7')).toMatchObject({ status: 'refused', code: 'wrong_number' });
    expect((await facts(world, planId)).approvals).toEqual([]);
    await done(sign('approver', '8'));
    expect((await facts(world, planId)).approvals.map(({ phaseId, digest }) => [phaseId, digest])).toEqual([['backup', backup.digest], ['convert', convert.digest]]);
  });

  test('of a destructive phase needs the measured number, typed', async () => {
    const planId = await makeDecidedPlan(world);
    const convert = await phaseNow(world, planId, 'convert');
    const sign = (typedNumber: string) => act(world, 'approver', approvePhaseSpec, { planId, version: convert.version, phaseId: 'convert', digest: convert.digest ?? '', typedNumber });
    expect(await sign('7')).toMatchObject({ status: 'refused', code: 'wrong_number' });
    expect(await sign('')).toMatchObject({ status: 'refused', code: 'wrong_number' });
    await done(sign('8'));
    expect(await sign('8')).toMatchObject({ status: 'refused', code: 'already_approved' });
  });

  test('of something that is not what was on the page is refused', async () => {
    const planId = await makeDecidedPlan(world);
    const backup = await phaseNow(world, planId, 'backup');
    expect(await act(world, 'approver', approvePhaseSpec, { planId, version: backup.version, phaseId: 'backup', digest: 'f'.repeat(64) })).toMatchObject({ status: 'refused', code: 'evidence_moved' });
  });

  test('becomes void when the phase is edited, and the sentence names the step', async () => {
    const planId = await makeDecidedPlan(world);
    const { stored } = await facts(world, planId);
    const found = stored.plan.phases.flatMap((phase) => phase.steps.filter((step) => step.editable).map((step) => ({ phase, step })))[0];
    if (!found) throw new Error('no step can be edited');
    await done(approve(world, 'approver', planId, found.phase.id));
    const sql = `${found.step.statements.filter((statement) => statement.do === 'execute').map((statement) => statement.sql).join(';\n')};\nselect 1`;
    await done(act(world, 'author', editStepSpec, { planId, version: stored.version, phaseId: found.phase.id, stepId: found.step.id, sql, undo: 'select 2' }));
    const after = await phaseNow(world, planId, found.phase.id);
    expect(after.valid).toEqual([]);
    expect(after.approvals[0]?.voidReason).toContain(`the SQL of step “${found.step.title}”`);
  });

  test('of another phase stands when one phase is edited', async () => {
    const planId = await makeDecidedPlan(world);
    await done(approve(world, 'approver', planId, 'backup'));
    const convert = await phaseNow(world, planId, 'convert');
    const foreignKey = Object.keys(convert.phase.orphanDecisions)[0] ?? '';
    await done(act(world, 'author', decideOrphansSpec, { planId, version: convert.version, phaseId: 'convert', foreignKey, verdict: 'delete', reason: 'another reason' }));
    expect((await phaseNow(world, planId, 'backup')).valid).toHaveLength(1);
  });

  test('becomes void when measuring finds one more orphan or another column, and the sentence names what moved', async () => {
    const planId = await makeDecidedPlan(world);
    await done(approve(world, 'approver', planId, 'convert'));
    const product = await world.prod.client('superuser');
    await product.query(`update "bazaar-vid_exports" set project_id = gen_random_uuid()::text where id = (select id from "bazaar-vid_exports" where project_id <> 'a161a5cc-886a-48dc-be84-84d31e131d88' limit 1)`);
    await product.query('alter table "bazaar-vid_exports" add column sneaked_in integer');
    const { version } = await phaseNow(world, planId, 'convert');
    const measured = await done(act(world, 'approver', measurePhaseSpec, { planId, version, phaseId: 'convert' }));
    expect(measured.sentence).toContain('something moved');
    const convert = await phaseNow(world, planId, 'convert');
    expect(convert.approvals[0]?.voidReason).toMatch(/bazaar-vid_exports/);
    expect(convert.valid).toEqual([]);
  });

  test('stands when measuring again finds the same facts, among them the role that the configuration names', async () => {
    const named = { ...world, databases: world.databases.map((database) => ({ ...database, operatorRole: 'bazaar_operator' })) };
    const planId = await makeDecidedPlan(named);
    await done(approve(named, 'approver', planId, 'convert'));
    const { version } = await phaseNow(world, planId, 'convert');
    expect((await done(act(named, 'operator', measurePhaseSpec, { planId, version, phaseId: 'convert' }))).sentence).toContain('as it was signed');
    expect((await phaseNow(world, planId, 'convert')).valid).toHaveLength(1);
  });

  test('waits while changes are requested, and goes on when the author has answered', async () => {
    const planId = await makeDecidedPlan(world);
    const { version } = await phaseNow(world, planId, 'backup');
    await done(act(world, 'approver', requestChangesSpec, { planId, version, phaseId: 'backup', comment: 'Name the schema differently' }));
    expect(await approve(world, 'approver2', planId, 'backup')).toMatchObject({ status: 'refused', code: 'changes_requested' });
    const request = (await facts(world, planId)).changeRequests[0];
    expect(await act(world, 'approver2', resolveChangeRequestSpec, { changeRequestId: request?.id ?? '' })).toMatchObject({ status: 'refused', code: 'not_allowed' });
    await done(act(world, 'author', resolveChangeRequestSpec, { changeRequestId: request?.id ?? '' }));
    await done(approve(world, 'approver2', planId, 'backup'));
  });

  test('can be taken back by who gave it, and by nobody else', async () => {
    const planId = await makeDecidedPlan(world);
    await done(approve(world, 'approver', planId, 'backup'));
    const approvalId = (await phaseNow(world, planId, 'backup')).approvals[0]?.id ?? '';
    expect(await act(world, 'approver2', withdrawApprovalSpec, { approvalId })).toMatchObject({ status: 'refused', code: 'not_allowed' });
    await done(act(world, 'approver', withdrawApprovalSpec, { approvalId, reason: 'second thoughts' }));
    expect((await phaseNow(world, planId, 'backup')).approvals[0]?.voidReason).toContain('second thoughts');
  });
});

describe('execution', () => {
  test('is refused without approval, out of order, and to who is no operator', async () => {
    const planId = await makeDecidedPlan(world);
    expect(await start(planId, 'backup')).toMatchObject({ status: 'refused', code: 'approval_missing' });
    await done(approve(world, 'approver', planId, 'backup'));
    expect(await start(planId, 'backup', 'approver')).toMatchObject({ status: 'refused', code: 'not_allowed' });
    await done(approve(world, 'approver', planId, 'convert'));
    expect(await start(planId, 'convert')).toMatchObject({ status: 'refused', code: 'phase_not_next' });
  });

  test('needs as many people as policy says for destructive phases', async () => {
    const planId = await makeDecidedPlan(world);
    const policy = { approvals: 2, approvalsDestructive: 2, approvalHours: 72, writePauseSeconds: 5, rehearsalRequired: [], teamRules: [] };
    await done(approve(world, 'approver', planId, 'backup', policy));
    const one = await phaseNow(world, planId, 'backup');
    const go = () => act(world, 'operator', executePhaseSpec, { planId, version: one.version, phaseId: 'backup', digest: one.digest ?? '' }, policy);
    expect(await go()).toMatchObject({ status: 'refused', code: 'approval_missing', sentence: expect.stringContaining('1 of 2') });
    await done(approve(world, 'approver2', planId, 'backup', policy));
    expect(await go()).toMatchObject({ status: 'done' });
  });

  test('is recorded once when two operators press at the same moment, wakes the queue, and can be cancelled once', async () => {
    const planId = await makeDecidedPlan(world);
    await done(approve(world, 'approver', planId, 'backup'));
    const both = await Promise.all([start(planId, 'backup'), start(planId, 'backup')]);
    expect(both.map((state) => state.status).sort()).toEqual(['done', 'refused']);
    expect(both.find((state) => state.status === 'refused')).toMatchObject({ code: 'target_busy' });
    const runs = await world.db.selectFrom('run').selectAll().execute();
    expect(runs).toHaveLength(1);
    const runId = runs[0]?.id ?? '';
    const queue = await world.control.client('app');
    expect((await queue.query(`select data from pgboss.job where name = 'wake'`)).rows).toEqual([{ data: { runId } }]);
    expect(await act(world, 'viewer', cancelRunSpec, { runId })).toMatchObject({ status: 'refused', code: 'not_allowed' });
    await done(act(world, 'operator', cancelRunSpec, { runId, reason: 'wrong window' }));
    expect((await done(act(world, 'operator', cancelRunSpec, { runId }))).sentence).toContain('already');
    const events = await world.db.selectFrom('run_event').select(['seq', 'event']).where('run_id', '=', runId).orderBy('seq').execute();
    expect(events.map((row) => row.event.type)).toEqual(['requested', 'cancel_requested']);
  });

  test('is refused under an approval that became void, with its sentence', async () => {
    const planId = await makeDecidedPlan(world);
    await done(approve(world, 'approver', planId, 'backup'));
    const approvalId = (await phaseNow(world, planId, 'backup')).approvals[0]?.id ?? '';
    await done(act(world, 'approver', withdrawApprovalSpec, { approvalId, reason: 'second thoughts' }));
    expect(await start(planId, 'backup')).toMatchObject({ status: 'refused', code: 'approval_void', sentence: expect.stringContaining('second thoughts') });
  });
});

test('the chain holds over everything that was done and refused, and the check itself is logged', async () => {
  const planId = await makeDecidedPlan(world);
  await approve(world, 'author', planId, 'backup');
  await done(approve(world, 'approver', planId, 'backup'));
  const checked = await done(act(world, 'viewer', verifyChainSpec, {}));
  expect(checked.sentence).toMatch(/^The log is whole: \d+ entries checked, head [0-9a-f]{64}\.$/);
  expect(await verifyChain(world.db)).toMatchObject({ brokenAt: null });
  expect((await actions())[0]).toBe('verify log');
});

describe('a signature', () => {
  test('becomes void with the role or the access of who gave it, says so, and does not come back', async () => {
    const planId = await makeDecidedPlan(world);
    await done(approve(world, 'approver', planId, 'backup'));
    const personId = world.people.approver.id;
    expect(await act(world, 'admin', setRolesSpec, { personId, roles: ['viewer'] })).toMatchObject({ status: 'done', sentence: expect.stringContaining('One signature became void.') });
    expect((await phaseNow(world, planId, 'backup')).valid).toEqual([]);
    expect(await start(planId, 'backup')).toMatchObject({ status: 'refused', code: 'approval_void', sentence: expect.stringContaining('The signer is no approver any more.') });
    await done(act(world, 'admin', setRolesSpec, { personId, roles: ['approver'] }));
    await done(approve(world, 'approver', planId, 'backup'));
    await done(act(world, 'admin', disablePersonSpec, { personId, disabled: '1' }));
    await done(act(world, 'admin', disablePersonSpec, { personId, disabled: '0' }));
    expect(await start(planId, 'backup')).toMatchObject({ status: 'refused', code: 'approval_void', sentence: expect.stringContaining("The signer's access was taken away.") });
  });
});
