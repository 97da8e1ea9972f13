CREATE SCHEMA app;
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION pg_catalog.prsd_lextype(internal), TO SQL WITH FUNCTION pg_catalog.int4recv(internal));
CREATE TRANSFORM FOR smallint LANGUAGE sql (FROM SQL WITH FUNCTION pg_catalog.prsd_lextype(internal));
CREATE FUNCTION app.doubled(n integer) RETURNS integer TRANSFORM FOR TYPE integer LANGUAGE sql AS 'SELECT n * 2';
COMMENT ON TRANSFORM FOR integer LANGUAGE sql IS 'both ways';
