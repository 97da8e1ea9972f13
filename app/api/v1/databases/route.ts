import { listDatabasesEndpoint } from '#lib/dal/api/databases.ts';
import { answering } from '#lib/dal/api/endpoint.ts';

export const dynamic = 'force-dynamic';
export const GET = answering(listDatabasesEndpoint);
