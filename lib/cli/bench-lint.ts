// `npm run bench:lint`: how long the lint takes over a large text, against a large reading; without any database.
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { planOfSql } from '#lib/pipeline/lint/from-sql.ts';
import { lintPlan } from '#lib/pipeline/lint/lint.ts';
import { objectId, type SchemaObject, type Snapshot } from '#lib/pipeline/snapshot.ts';
import { runCommand, Stop } from './command.ts';

const USAGE = 'Usage: npm run bench:lint -- [--statements 5000] [--tables 1000]';
const ROUNDS = 5;

await runCommand(async () => {
  const { values } = parseArgs({ options: { statements: { type: 'string', default: '5000' }, tables: { type: 'string', default: '1000' } } });
  const [statements, tables] = [Number(values.statements), Number(values.tables)];
  if (![statements, tables].every((number) => Number.isInteger(number) && number > 0)) throw new Stop(USAGE);
  const text = textOf(statements, tables);
  const current = readingOf(tables);
  const { plan } = await planOfSql({ name: 'bench.sql', text }, 17);
  const times: number[] = [];
  let found = 0;
  const cpu = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    found = (await lintPlan(plan, { major: 17, current: { ...current }, desired: current, evidence: {}, teamRules: ['backup_first'] })).length;
    times.push(performance.now() - began);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  process.stdout.write(`lint of ${statements} statements (${(text.length / 1000).toFixed(0)} kB) against ${current.objects.length} objects: ${found} findings, median of ${ROUNDS} ${median.toFixed(0)} ms (first ${times[0]?.toFixed(0)} ms), ${Math.round((statements / median) * 1000)} statements/s; ${(process.cpuUsage(cpu).user / 1000 / ROUNDS).toFixed(0)} ms of processor a round\n`);
  return 0;
});

/** Statements of every sort that rules look at, over tables that are there and tables that the text makes. */
function textOf(count: number, tables: number): string {
  const made = (at: number): string[] => {
    const [old, fresh] = [`t_${at % tables}`, `n_${at}`];
    return [
      `CREATE TABLE ${fresh} (id bigint PRIMARY KEY, parent bigint REFERENCES ${old} (id), name varchar(80) NOT NULL, at timestamp DEFAULT now(), CHECK (name <> ''))`,
      `CREATE INDEX ${fresh}_name ON ${fresh} (name)`, `CREATE INDEX ${old}_extra_${at} ON ${old} (name)`, `ALTER TABLE ${old} ADD COLUMN c_${at} uuid DEFAULT gen_random_uuid()`,
      `ALTER TABLE ${old} ADD CONSTRAINT k_${at} FOREIGN KEY (parent) REFERENCES t_${(at + 1) % tables} (id)`, `UPDATE ${old} SET name = upper(name) WHERE id > ${at}`, `INSERT INTO ${fresh} SELECT id, parent, name, now() FROM ${old}`,
      `ALTER TABLE ${old} ALTER COLUMN name SET NOT NULL`, `DELETE FROM ${old} WHERE name = 'x'`, `SELECT count(*) FROM ${fresh}`,
    ];
  };
  return Array.from({ length: Math.ceil(count / 10) }, (_, at) => made(at)).flat().slice(0, count).map((sql) => `${sql};\n`).join('');
}

function readingOf(tables: number): Snapshot {
  const objects = Array.from({ length: tables }, (_, at) => tableOf(`t_${at}`)).flat();
  const estimates = Object.fromEntries(objects.filter(({ kind }) => kind === 'table').map(({ id }, at) => [id, { rows: at * 1000, bytes: at * 100_000, analyzedAt: null }]));
  return { target: { systemIdentifier: '1', timeline: 1, databaseOid: 1, database: 'bench', serverVersion: 170_000 }, takenAt: '2026-01-01T00:00:00Z', objects, estimates, notCompared: [] };
}

function tableOf(name: string): SchemaObject[] {
  const parent = objectId('table', 'public', name);
  const of = (kind: SchemaObject['kind'], own: string, position: number | null, attributes: SchemaObject['attributes']): SchemaObject => ({ id: objectId(kind, 'public', name, own), kind, schema: 'public', name: own, parent, position, attributes });
  const columns = [['id', 'bigint'], ['parent', 'bigint'], ['name', 'text'], ['at', 'timestamp with time zone']].map(([own = '', type = ''], at) => of('column', own, at + 1, { type, nullable: own !== 'id', default: null, identity: null, generated: null, collation: null }));
  return [{ id: parent, kind: 'table', schema: 'public', name, parent: null, position: null, attributes: {} }, ...columns, of('index', `${name}_name`, null, { using: 'btree (name)', unique: false, columns: ['name'], predicate: null }), of('constraint', `${name}_pkey`, null, { type: 'primary key', definition: 'PRIMARY KEY (id)', columns: ['id'], validated: true })];
}
