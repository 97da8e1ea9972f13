import 'server-only';
import { compareEndpoint } from './compare.ts';
import { listDatabasesEndpoint } from './databases.ts';
import { createPlanEndpoint, listPlansEndpoint, readPlanEndpoint } from './plans.ts';
import { waitForPlanEndpoint } from './wait.ts';

/** Every route of /api/v1 that wants a token. A test holds the folder of routes against this list. */
export const ENDPOINTS = [listDatabasesEndpoint, compareEndpoint, listPlansEndpoint, createPlanEndpoint, readPlanEndpoint, waitForPlanEndpoint] as const;
