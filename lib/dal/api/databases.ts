import 'server-only';
import { latestReading } from '#lib/store/snapshots.ts';
import { endpoint } from './endpoint.ts';
import { databases, nothing } from './shapes.ts';

export const listDatabasesEndpoint = endpoint({
  method: 'GET', path: '/databases', name: 'listDatabases', summary: 'The declared databases and when each was last read.', scope: 'read',
  params: nothing, query: nothing, body: null, answer: databases, status: 200,
  handle: async ({ db, env }) => ({
    databases: await Promise.all(env.databases.map(async ({ name, environment }) => {
      const reading = await latestReading(db, name);
      return { name, environment, readAt: reading?.takenAt.toISOString() ?? null, fingerprint: reading?.fingerprint ?? null };
    })),
  }),
});
