import { answering } from '#lib/dal/api/endpoint.ts';
import { waitForPlanEndpoint } from '#lib/dal/api/wait.ts';

export const dynamic = 'force-dynamic';
export const GET = answering(waitForPlanEndpoint);
