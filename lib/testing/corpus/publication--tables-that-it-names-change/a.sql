create table "Order lines" (id int primary key, n int, "of" text);
create table notes (id int primary key, said text);
create table gone (id int primary key);
create publication lines for table "Order lines", notes;
comment on publication lines is 'for the warehouse';
create publication all_of_it for table gone, notes with (publish = 'insert');
create publication only_gone for table gone;
create publication last_one for table notes;
