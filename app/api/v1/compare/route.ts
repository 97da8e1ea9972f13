import { compareEndpoint } from '#lib/dal/api/compare.ts';
import { answering } from '#lib/dal/api/endpoint.ts';

export const dynamic = 'force-dynamic';
export const GET = answering(compareEndpoint);
