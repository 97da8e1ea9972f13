import { answering } from '#lib/dal/api/endpoint.ts';
import { readPlanEndpoint } from '#lib/dal/api/plans.ts';

export const dynamic = 'force-dynamic';
export const GET = answering(readPlanEndpoint);
