-- As the superuser, when the demo runs under load: the product's own role may sign in, with a password of this start: set_config('demo.application', …).
do $$
begin
  execute format('alter role bazaar_app login password %L', current_setting('demo.application'));
end
$$;
