create table t (a int);
create function late() returns int language sql as 'select count(*)::int from not_there_yet';
create function std(x int) returns setof t language sql begin atomic select * from t where a > x; end;
create function over(x int) returns int language sql begin atomic select a from std(x); end;
create procedure p(inout x int) language plpgsql as $$ begin x := missing(x); end $$;
create function f(a int, b text default 'it''s', variadic c int[] default '{}') returns table (x int, y text) language sql strict security definer set search_path = public, pg_temp cost 5 rows 7 parallel safe as $f$ select a, b $f$;
create function f(a text) returns void language plpgsql as $$ begin end $$;
