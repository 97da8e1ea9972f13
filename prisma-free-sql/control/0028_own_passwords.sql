-- A signature says that a second person looked. A password that somebody else made or knows is therefore good for one thing: to choose one's own. Who acts is
-- said as in 0013: what is set for another person is temporary, whatever the statement says, and what is set without a session (at a terminal) is what it says.
alter table person add column password_temporary boolean not null default false check (not password_temporary or password_hash is not null);
-- Sessions that began before it have ended: with each new password all of them do.
alter table person add column sessions_since timestamptz;

create function mark_password() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare who text := coalesce(current_setting('countersign.signed_in', true), '');
begin
  if tg_op = 'UPDATE' and new.password_hash is not distinct from old.password_hash then
    if old.password_temporary and not new.password_temporary then
      raise exception 'a temporary password becomes nobody''s own by itself' using errcode = 'CS013';
    end if;
    return new;
  end if;
  if who <> '' then
    new.password_temporary := new.password_hash is not null and who <> new.id::text;
  end if;
  if tg_op = 'UPDATE' then
    new.sessions_since := clock_timestamp();
  end if;
  return new;
end $$;
create trigger person_password_marked before insert or update on person for each row execute function mark_password();

create function refuse_temporary_password() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select 1 from public.person p where p.id = new.person_id and p.password_temporary) then
    raise exception 'whoever has a password that somebody else made signs nothing' using errcode = 'CS013';
  end if;
  return new;
end $$;
create trigger approval_own_password before insert on approval for each row execute function refuse_temporary_password();
