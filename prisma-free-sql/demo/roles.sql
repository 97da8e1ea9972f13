-- The roles of the demo, once per server, as its superuser. The passwords come in through settings of the session, because a
-- role's password cannot be a parameter: set_config('demo.control', …), set_config('demo.reader', …), set_config('demo.operator', …).
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      -- owns the control database and its tables; used by control:migrate alone
      ('countersign_owner', current_setting('demo.control')),
      -- web and worker: may do what prisma-free-sql/control/rights.sql says, owns nothing
      ('countersign_app', current_setting('demo.control')),
      -- reads the databases under review, and what is going on in them
      ('bazaar_reader', current_setting('demo.reader')),
      -- owns the objects of the databases under review; worker only
      ('bazaar_operator', current_setting('demo.operator'))
    ) as roles (name, password)
  loop
    if not exists (select 1 from pg_roles where rolname = wanted.name) then
      execute format('create role %I login', wanted.name);
    end if;
    execute format('alter role %I password %L', wanted.name, wanted.password);
  end loop;
  -- The product itself: the role whose rights must survive a table swap.
  if not exists (select 1 from pg_roles where rolname = 'bazaar_app') then
    create role bazaar_app nologin;
  end if;
  grant pg_read_all_data, pg_monitor to bazaar_reader;
  grant pg_monitor, pg_signal_backend to bazaar_operator;
  alter role bazaar_reader set default_transaction_read_only = on;
end
$$;
