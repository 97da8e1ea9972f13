CREATE SCHEMA store;
CREATE FUNCTION store.kept(internal) RETURNS table_am_handler LANGUAGE internal AS 'heap_tableam_handler';
CREATE ACCESS METHOD new_heap TYPE TABLE HANDLER store.kept;
CREATE ACCESS METHOD found TYPE INDEX HANDLER gisthandler;
CREATE TABLE store.items (id int PRIMARY KEY, price numeric);
CREATE TABLE store.sold (id int REFERENCES store.items, at timestamptz) USING new_heap;
CREATE MATERIALIZED VIEW store.counted USING new_heap AS SELECT count(*) AS n FROM store.sold;
COMMENT ON ACCESS METHOD found IS 'as gist';
COMMENT ON ACCESS METHOD new_heap IS 'for what is sold';
