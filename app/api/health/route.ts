import { loadHealth } from '#lib/dal/health.ts';

export const dynamic = 'force-dynamic';

/** 200 when web, control database and a worker are well, 503 with the reasons otherwise. */
export async function GET(): Promise<Response> {
  const health = await loadHealth();
  return Response.json(health, { status: health.ok ? 200 : 503, headers: { 'Cache-Control': 'no-store' } });
}
