import 'server-only';
import { databaseHealth } from '#lib/pg/database-health.ts';
import { configuration } from './control.ts';
import type { DatabaseDto } from './dto/databases.ts';
import { load } from './gate.ts';

/** The declared databases and how they answer now. The operator's credential is not here to be tried, and must not be. */
export const loadDatabases = load(async (): Promise<readonly DatabaseDto[]> =>
  Promise.all(configuration().databases.map(async (database): Promise<DatabaseDto> => ({
    name: database.name,
    environment: database.environment,
    ...(await databaseHealth(database)),
    operator: { sentence: 'Held by the worker alone: this process has no credential that could change the database. It is tried at the start of each run.' },
  }))),
);
