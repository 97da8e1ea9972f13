// What the page of the databases shows. Types only: components may import them.
import type { Quantity } from '#lib/pipeline/evidence.ts';

export interface DatabaseDto {
  name: string;
  environment: string;
  reader: { ok: boolean; sentence: string };
  operator: { sentence: string };
  serverVersion: string | null;
  bytes: number | null;
  largest: readonly { table: string; bytes: number; rows: Quantity; analyzedAt: string | null }[];
}
