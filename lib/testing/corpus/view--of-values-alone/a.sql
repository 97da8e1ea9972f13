-- A view that is VALUES alone is shown as a query over them, and that query, loaded, with one space more.
CREATE TABLE notes (n integer, t text);
CREATE VIEW as_values (one) AS VALUES (1, 2);
CREATE VIEW as_query (one, two) AS SELECT * FROM (VALUES (1, '( VALUES ('), (3, 'b')) v (x, y);
CREATE VIEW goes (one, two) AS VALUES (1, 'a'), (2, 'b');
CREATE FUNCTION read_by_body(OUT a integer, OUT b integer) RETURNS record LANGUAGE sql BEGIN ATOMIC SELECT v.x, v.y FROM (VALUES (1, 2)) v (x, y); END;
CREATE RULE noted AS ON INSERT TO notes WHERE new.n > 1 DO ALSO NOTHING;
ALTER RULE noted ON notes RENAME TO "_RETURN";
