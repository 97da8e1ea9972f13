import { answering } from '#lib/dal/api/endpoint.ts';
import { createPlanEndpoint, listPlansEndpoint } from '#lib/dal/api/plans.ts';

export const dynamic = 'force-dynamic';
export const GET = answering(listPlansEndpoint);
export const POST = answering(createPlanEndpoint);
