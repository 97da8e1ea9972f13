create table tagged (id int primary key, tags text[] default '{}', rest text);
create function first_of(text[]) returns text language sql immutable as 'select $1[1]';
