create table t (a bigint, b text) with (user_catalog_table = true);
create unlogged table u (a int, b text) with (fillfactor = 60);
create table v (a bigint, c uuid default gen_random_uuid()) with (user_catalog_table = true);
create table w (a int) with (user_catalog_table = true, parallel_workers = 2);
