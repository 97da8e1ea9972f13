create unlogged table t (a int, b text) with (fillfactor = 70);
create table u (a int, b text) with (user_catalog_table = true, fillfactor = 60);
create table v (a int) with (user_catalog_table = true);
create table w (a int) with (user_catalog_table = off);
