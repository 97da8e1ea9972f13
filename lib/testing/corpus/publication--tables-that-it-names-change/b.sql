create table "Order lines" (id bigint primary key, n int, "of" text);
create table notes (id int primary key, said text);
create publication lines for table "Order lines", notes;
create publication all_of_it for table notes with (publish = 'insert, delete');
comment on publication all_of_it is 'only what is said';
create publication only_gone;
create publication last_one;
