create foreign data wrapper w options (debug 'true');
create server s foreign data wrapper w options (host 'a');
create foreign table ft (a int options (y '2'), b text not null) server s options (t 'new', u 'v');
create foreign table fresh (z int options ("Col" 'it''s') default 5) server s;
create user mapping for public server s;
