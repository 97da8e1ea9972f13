CREATE TABLE notes (n integer, t text);
CREATE TABLE others (n integer, t text);
CREATE VIEW as_values (one) AS SELECT * FROM (VALUES (1, 2)) "*VALUES*";
CREATE VIEW as_query (one, two) AS VALUES (1, '( VALUES ('), (3, 'b');
CREATE VIEW comes (one, two) AS VALUES (1, 'a'), (2, 'b');
CREATE RULE noted AS ON INSERT TO notes WHERE new.n > 2 DO ALSO NOTHING;
ALTER RULE noted ON notes RENAME TO "_RETURN";
CREATE RULE noted AS ON UPDATE TO others WHERE new.n > 2 DO INSTEAD UPDATE notes SET n = new.n WHERE t = old.t;
ALTER RULE noted ON others RENAME TO "_RETURN";
