import { writeAudit } from '#lib/store/audit.ts';
import { controlDb } from '#lib/store/db.ts';
import { createPerson, findPersonByEmail } from '#lib/store/people.ts';
import type { RoleName } from '#lib/store/tables.ts';

const PEOPLE: readonly { email: string; name: string; role: RoleName }[] = [
  { email: 'author@demo.test', name: 'Ada Author', role: 'author' },
  { email: 'approver@demo.test', name: 'Ben Approver', role: 'approver' },
  { email: 'operator@demo.test', name: 'Ola Operator', role: 'operator' },
  { email: 'admin@demo.test', name: 'Ann Admin', role: 'admin' },
  { email: 'viewer@demo.test', name: 'Vic Viewer', role: 'viewer' },
];

/** The five people of the demo; those who are there already stay as they are. */
export async function createDemoPeople(controlUrl: string): Promise<void> {
  const db = controlDb(controlUrl, { max: 1 });
  try {
    for (const { email, name, role } of PEOPLE) {
      if (await findPersonByEmail(db, email)) continue;
      await db.transaction().execute(async (trx) => {
        const roles: RoleName[] = role === 'viewer' ? ['viewer'] : ['viewer', role];
        await createPerson(trx, { email, name, roles, password: 'countersign' });
        await writeAudit(trx, { actor: 'Countersign demo', actorId: null, action: 'person_created', detail: { email, roles } });
      });
    }
  } finally {
    await db.destroy();
  }
}
