CREATE SCHEMA app;
CREATE FUNCTION app.seen(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION app.seen(internal));
CREATE TRANSFORM FOR bigint LANGUAGE sql (TO SQL WITH FUNCTION pg_catalog.int8recv(internal));
CREATE FUNCTION app.doubled(n integer) RETURNS integer TRANSFORM FOR TYPE integer LANGUAGE sql AS 'SELECT n * 2';
COMMENT ON TRANSFORM FOR bigint LANGUAGE sql IS 'one way';
