import 'server-only';
import type { WebEnv } from '#lib/env.ts';
import { readMigrationFolder } from '#lib/pg/migration-folder.ts';
import { readLedger, schemaInAddress } from '#lib/pg/migration-ledger.ts';
import { withReader } from '#lib/pg/session.ts';
import type { Ledger, MigrationFolder } from '#lib/pipeline/migrations/migration.ts';
import { databaseNamed } from './control.ts';
import { folderNamed, withoutPath } from './sources.ts';

export interface FolderOnTarget {
  folder: MigrationFolder;
  ledger: Ledger;
}

/** The files of a declared folder as they are now, and what their tool has noted in the target, read with the reader's credential. */
export async function folderOnTarget(env: Pick<WebEnv, 'databases' | 'sources'>, reference: string, target: string): Promise<FolderOnTarget> {
  const { path } = folderNamed(reference, env.sources);
  const database = databaseNamed(target, env);
  const folder = await withoutPath(path, reference, () => readMigrationFolder(reference, path));
  return { folder, ledger: folder.style === 'plain' ? { tool: 'none' } : await withReader(database, (client) => readLedger(client, folder.style, schemaInAddress(database.readerUrl), target)) };
}
