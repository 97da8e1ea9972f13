create table base (id int, name text);
create view data as select id, name from base;
create view on_data as select id, name from data;
grant select on on_data to public;
