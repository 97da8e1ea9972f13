import { answerSqlCheck } from '#lib/dal/check-sql.ts';
import { route } from '#lib/dal/gate.ts';

export const dynamic = 'force-dynamic';

/** Whether a text is SQL, and where it stops being it: CheckedSql. Reads nothing but the text. */
export const POST = route(answerSqlCheck);
