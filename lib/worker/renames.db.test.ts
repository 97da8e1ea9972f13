import { expect, test } from 'vitest';
import type { Major } from '#lib/cli/server-account.ts';
import { introspect } from '#lib/pg/introspect.ts';
import { differences } from '#lib/pipeline/noise.ts';
import { withRename } from '#lib/pipeline/renamed.ts';
import type { Rename } from '#lib/pipeline/rename.ts';
import { renameStatements } from '#lib/pipeline/renames.ts';
import { freshDatabase } from '#lib/testing/database.ts';

/** Everything that says the name of a column or of its table. */
const SCHEMA = `
  create table public.member (id serial primary key, mail text not null default 'mail', "Mail Host" text, total int generated always as (length(mail)) stored, constraint member_mail_ok check (mail <> 'mail' and "Mail Host" <> mail));
  create unique index member_mail on public.member (mail) where mail like 'mail%';
  create unique index member_mail_key on public.member (mail);
  create table public.letter (id int primary key, mail text references public.member (mail) on update cascade, boss text, constraint letter_boss foreign key (boss) references public.member (mail));
  create view public.directory as select id, mail, lower(mail) as name, m."Mail Host" from public.member m where mail <> '';
  create view public.written as select l.id, m.mail, l.mail as letter_mail from public.letter l join public.member m on m.mail = l.mail order by m.mail;
  create function public.notice() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger noticed before update of mail on public.member for each row when (old.mail is distinct from new.mail) execute function public.notice();
  alter table public.member enable row level security;
  create policy own on public.member using (mail = current_user);
  create statistics public.member_stat on mail, "Mail Host" from public.member;
  comment on index public.member_mail is 'mail';
  comment on column public.member.mail is 'where to write to';
  comment on table public.member is 'member';
  grant select (mail) on public.member to public;
`;

test.each<[string, Rename, Major?]>([
  ['a column', { from: 'column:public.member.mail', to: 'column:public.member.E-Mail' }],
  ['a column with a name that needs quotes', { from: 'column:public.member.Mail Host', to: 'column:public.member.host' }],
  ['a table', { from: 'table:public.member', to: 'table:public.person' }],
  ['a column of Postgres 18', { from: 'column:public.member.mail', to: 'column:public.member.email' }, 18],
  ['a table of Postgres 18', { from: 'table:public.member', to: 'table:public.person' }, 18],
])('a reading is foreseen as the server will give it after the rename of %s, in all that rests on it', async (_, rename, major = 15) => {
  const client = await (await freshDatabase({ major })).client();
  await client.query(SCHEMA);
  const before = await introspect(client);
  await client.query(renameStatements(rename).forward);
  const after = await introspect(client);
  expect(differences(before, after).length).toBeGreaterThan(1);
  expect(differences(withRename(before, rename), after).map((delta) => [delta.id, delta.attributes])).toEqual([]);
  await client.query(renameStatements(rename).back);
  expect(differences(await introspect(client), before)).toEqual([]);
});
