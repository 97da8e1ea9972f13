import { NO_DEMANDS, type PolicyDocument } from '#lib/pipeline/policy-document.ts';
import type { ControlTrx, Reader } from './db.ts';

export interface PolicyVersion {
  number: number;
  document: PolicyDocument;
  by: string;
  at: Date;
  reason: string;
}

/** The policy that counts; null: nobody has laid one down, and the configuration counts alone. */
export async function currentPolicy(db: Reader): Promise<PolicyVersion | null> {
  const row = await versionQuery(db).orderBy('number', 'desc').limit(1).executeTakeFirst();
  return row ? toVersion(row) : null;
}

/** What the team demands beyond the configuration. */
export async function teamDemands(db: Reader): Promise<PolicyDocument> {
  return (await currentPolicy(db))?.document ?? NO_DEMANDS;
}

/** The newest versions first. */
export async function listPolicies(db: Reader, most: number): Promise<PolicyVersion[]> {
  return (await versionQuery(db).orderBy('number', 'desc').limit(most).execute()).map(toVersion);
}

/** A trigger refuses it from anybody but an admin who is signed in, and a number that does not follow the last. */
export async function savePolicy(trx: ControlTrx, policy: { number: number; document: PolicyDocument; by: string; reason: string }): Promise<void> {
  await trx.insertInto('policy_version').values({ number: policy.number, document: JSON.stringify(policy.document), made_by: policy.by, reason: policy.reason }).execute();
}

function versionQuery(db: Reader) {
  return db.selectFrom('policy_version').innerJoin('person', 'person.id', 'policy_version.made_by').select(['number', 'document', 'person.name', 'made_at', 'reason']);
}

type VersionRow = Awaited<ReturnType<ReturnType<typeof versionQuery>['executeTakeFirstOrThrow']>>;

/** A version of before a demand existed does not make it. */
function toVersion(row: VersionRow): PolicyVersion {
  return { number: row.number, document: { ...NO_DEMANDS, ...row.document }, by: row.name, at: row.made_at, reason: row.reason };
}
