import type { SchemaObject, Snapshot, Unread } from '../snapshot.ts';

type Side = Partial<Pick<Snapshot, 'objects' | 'origin'>>;

interface OwnTable {
  tool: string;
  table: string;
  /** Lists of columns, of which it has one in full; more are those of other versions of the tool. */
  columns: readonly (readonly string[])[];
  /** The table has no others: its name is one that people give to tables of theirs. */
  exactly?: true;
}

/** By the names that tools give them when nobody says otherwise. */
const OWN_TABLES: readonly OwnTable[] = [
  { tool: 'Prisma', table: '_prisma_migrations', columns: [['id', 'checksum', 'migration_name']] },
  { tool: 'Drizzle', table: '__drizzle_migrations', columns: [['id', 'hash', 'created_at']] },
  { tool: 'goose', table: 'goose_db_version', columns: [['id', 'version_id', 'is_applied']] },
  { tool: 'Flyway', table: 'flyway_schema_history', columns: [['installed_rank', 'version', 'script']] },
  { tool: 'sqlx', table: '_sqlx_migrations', columns: [['version', 'description', 'checksum']] },
  { tool: 'Diesel', table: '__diesel_schema_migrations', columns: [['version', 'run_on']] },
  { tool: 'Refinery', table: 'refinery_schema_history', columns: [['version', 'name', 'checksum']] },
  { tool: 'Atlas', table: 'atlas_schema_revisions', columns: [['version', 'applied', 'total', 'hash']] },
  { tool: 'node-pg-migrate', table: 'pgmigrations', columns: [['id', 'name', 'run_on']] },
  { tool: 'sql-migrate', table: 'gorp_migrations', columns: [['id', 'applied_at']] },
  { tool: 'Liquibase', table: 'databasechangelog', columns: [['id', 'author', 'filename', 'orderexecuted']] },
  { tool: 'Liquibase', table: 'databasechangeloglock', columns: [['id', 'locked', 'lockedby']] },
  { tool: 'Knex', table: 'knex_migrations', columns: [['id', 'name', 'batch', 'migration_time']] },
  { tool: 'Knex', table: 'knex_migrations_lock', columns: [['index', 'is_locked']] },
  { tool: 'Sequelize', table: 'SequelizeMeta', columns: [['name']], exactly: true },
  { tool: 'Alembic', table: 'alembic_version', columns: [['version_num']], exactly: true },
  { tool: 'Django', table: 'django_migrations', columns: [['id', 'app', 'name', 'applied']], exactly: true },
  { tool: 'Rails', table: 'ar_internal_metadata', columns: [['key', 'value', 'created_at', 'updated_at']], exactly: true },
  { tool: 'its tool', table: 'schema_migrations', columns: [['version'], ['version', 'dirty'], ['version', 'inserted_at'], ['version', 'statements', 'name'], ['version', 'statements', 'name', 'created_by', 'idempotency_key', 'rollback']], exactly: true },
  { tool: 'tern', table: 'schema_version', columns: [['version']], exactly: true },
  { tool: 'Postgrator', table: 'schemaversion', columns: [['version', 'name', 'md5', 'run_at']], exactly: true },
  { tool: 'its tool', table: 'migrations', columns: [['id', 'name', 'run_on'], ['id', 'timestamp', 'name'], ['id', 'name', 'hash', 'executed_at']], exactly: true },
];

/** Schemas that tools keep to themselves, each with a table that says so. */
const OWN_SCHEMAS: readonly { tool: string; schema: string; table: string }[] = [
  { tool: 'Sqitch', schema: 'sqitch', table: 'changes' }, { tool: 'Supabase', schema: 'supabase_migrations', table: 'schema_migrations' }, { tool: 'Hasura', schema: 'hdb_catalog', table: 'hdb_version' },
  { tool: 'graphile-migrate', schema: 'graphile_migrate', table: 'migrations' }, { tool: 'Atlas', schema: 'atlas_schema_revisions', table: 'atlas_schema_revisions' },
];

/**
 * Where migration tools note in a database what they ran. A folder of migrations does not say these tables, and a script that made the database as the folder
 * says would drop them: beside a folder they are known on neither side.
 */
export function ownTables(database: Side, folder: Side): Unread[] {
  if (folder.origin?.folder !== true || database.origin || !database.objects) return [];
  const said = new Set(folder.objects?.map(({ id }) => id));
  const tables = database.objects.filter(({ kind, id }) => kind === 'table' && !said.has(id));
  const found = tables.flatMap((table): Own[] => {
    const whole = OWN_SCHEMAS.find((own) => own.schema === table.schema && own.table === table.name && !said.has(`schema:${own.schema}`));
    if (whole) return [{ tool: whole.tool, name: `schema ${whole.schema}`, ids: database.objects?.filter(({ schema, parent, name, kind }) => (schema === whole.schema && parent === null) || (kind === 'schema' && name === whole.schema)).map(({ id }) => id) ?? [] }];
    const own = OWN_TABLES.find((each) => each.table === table.name && isOf(each, columnsOf(table, database.objects ?? [])));
    return own ? [{ tool: own.tool, name: `${table.schema}.${table.name}`, ids: [table.id, ...numbersOf(table, database.objects ?? []), ...(said.has(`schema:${table.schema}`) ? [] : [`schema:${table.schema}`])] }] : [];
  });
  return found.flatMap(({ tool, name, ids }) => ids.map((id) => ({ kind: 'table' as const, id, why: `The ${name.startsWith('schema ') ? '' : 'table '}${name} is not compared: it is where ${tool} notes what was run, and no migration of the folder makes it.` })));
}

interface Own {
  tool: string;
  name: string;
  ids: readonly string[];
}

function columnsOf(table: SchemaObject, objects: readonly SchemaObject[]): string[] {
  return objects.flatMap(({ kind, parent, name }) => (kind === 'column' && parent === table.id ? [name] : []));
}

function isOf({ columns, exactly }: OwnTable, names: readonly string[]): boolean {
  return columns.some((each) => each.every((name) => names.includes(name)) && (exactly !== true || each.length === names.length));
}

/** Sequences that number its rows. */
function numbersOf(table: SchemaObject, objects: readonly SchemaObject[]): string[] {
  const columns = new Set(objects.flatMap(({ kind, parent, id }) => (kind === 'column' && parent === table.id ? [id] : [])));
  return objects.flatMap(({ kind, attributes, id }) => (kind === 'sequence' && typeof attributes.ownedBy === 'string' && columns.has(attributes.ownedBy) ? [id] : []));
}
