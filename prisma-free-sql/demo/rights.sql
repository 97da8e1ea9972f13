-- In each of the two product databases, as the superuser, before the first table: only the operator makes objects, the product
-- gets its rights on every table that the operator will ever make.
alter schema public owner to bazaar_operator;
revoke create on schema public from public;
grant usage on schema public to bazaar_app;
alter default privileges for role bazaar_operator in schema public grant select, insert, update, delete on tables to bazaar_app;
alter default privileges for role bazaar_operator in schema public grant usage on sequences to bazaar_app;
