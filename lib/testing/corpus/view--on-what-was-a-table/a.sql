create table base (id int, name text);
create table data (id int, name text);
create view on_data as select id, name from data;
grant select on on_data to public;
