create table base (a int default 1, b text, check (a > 0));
