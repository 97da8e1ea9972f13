CREATE SCHEMA store;
CREATE FUNCTION store.kept(internal) RETURNS table_am_handler LANGUAGE internal AS 'heap_tableam_handler';
CREATE ACCESS METHOD old_heap TYPE TABLE HANDLER store.kept;
CREATE TABLE store.former (id int) USING old_heap;
CREATE ACCESS METHOD found TYPE INDEX HANDLER bthandler;
CREATE TABLE store.items (id int PRIMARY KEY, price numeric);
COMMENT ON ACCESS METHOD found IS 'as btree';
