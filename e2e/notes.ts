import { Client } from 'pg';
import { databaseUrl, within } from './databases.ts';

// A small difference of its own, for tests that need a plan in every state without touching the Bazaar migration: in production the
// notes have text ids and no foreign key, and three of them belong to a notebook that is gone; development has uuid, the key and labels.

export const NOTES_KEY = 'note_notebook_id_fk';

const PROD = `
  create table public.notebook (id uuid primary key, title text not null);
  create table public.note (id text primary key, notebook_id text not null, body text not null default '');
  insert into public.notebook select md5('notebook' || n)::uuid, 'Notebook ' || n from generate_series(1, 12) n;
  insert into public.note select md5('note' || n)::uuid::text, md5('notebook' || case when n <= 3 then 99 else 1 + n % 12 end)::uuid::text, 'Note ' || n from generate_series(1, 60) n;
`;
const DEV = `
  create table public.notebook (id uuid primary key, title text not null);
  create table public.note (id uuid primary key, notebook_id uuid not null, body text not null default '', constraint ${NOTES_KEY} foreign key (notebook_id) references public.notebook (id) on delete cascade);
  create index note_notebook_id_idx on public.note (notebook_id);
  create table public.note_label (note_id uuid not null references public.note (id) on delete cascade, label varchar(64) not null, primary key (note_id, label));
`;

export async function addNotes(): Promise<void> {
  await removeNotes();
  await within('bazaar_prod', (client) => client.query(PROD));
  await within('bazaar_dev', (client) => client.query(DEV));
}

/** With whatever a plan has kept of them. */
export async function removeNotes(): Promise<void> {
  for (const name of ['bazaar_prod', 'bazaar_dev'] as const) {
    await within(name, async (client) => {
      await client.query('drop table if exists public.note_label, public.note, public.notebook cascade');
      const { rows } = await client.query<{ kept: string }>(
        `select distinct format('drop schema %I cascade', n.nspname) as kept from pg_namespace n join pg_class c on c.relnamespace = n.oid where n.nspname like 'countersign\\_%' and c.relname like 'note%'`,
      );
      for (const { kept } of rows) await client.query(kept);
    });
  }
}

/** The key of the advisory lock that holds a slow statement up. */
const HELD = 471_100;

/**
 * Makes CREATE TABLE in production slow for as long as somebody holds a lock of ours: a statement that works, waits for nobody, and
 * takes its time. It cannot be done by data, since a test has no hour to fill a table.
 */
export async function withSlowStatements(use: (hold: () => Promise<() => Promise<void>>) => Promise<void>): Promise<void> {
  const url = new URL(databaseUrl('superuser'));
  url.pathname = '/bazaar_prod';
  const superuser = new Client({ connectionString: url.href, application_name: 'slow statements of a test' });
  await superuser.connect();
  try {
    await superuser.query(`
      create schema countersign_slow;
      create function countersign_slow.wait() returns event_trigger language plpgsql security definer as $$
      begin
        while exists (select from pg_catalog.pg_locks where locktype = 'advisory' and objid = ${HELD} and granted) loop perform pg_catalog.pg_sleep(0.05); end loop;
      end $$;
      create event trigger countersign_slow on ddl_command_end when tag in ('CREATE TABLE') execute function countersign_slow.wait();
    `);
    await use(async () => {
      await superuser.query('select pg_advisory_lock($1)', [HELD]);
      return async () => {
        await superuser.query('select pg_advisory_unlock($1)', [HELD]);
      };
    });
  } finally {
    await superuser.query('select pg_advisory_unlock_all()');
    await superuser.query('drop event trigger if exists countersign_slow');
    await superuser.query('drop schema if exists countersign_slow cascade');
    await superuser.end();
  }
}
