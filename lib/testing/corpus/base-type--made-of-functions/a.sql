CREATE SCHEMA app;
CREATE TYPE app.grade;
CREATE FUNCTION app.grade_in(cstring) RETURNS app.grade LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION app.grade_out(app.grade) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE app.grade (INPUT = app.grade_in, OUTPUT = app.grade_out, INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4, DEFAULT = '1');
CREATE FUNCTION app.grade_eq(app.grade, app.grade) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE OPERATOR app.= (FUNCTION = app.grade_eq, LEFTARG = app.grade, RIGHTARG = app.grade, COMMUTATOR = OPERATOR(app.=));
-- Its commutator is promised and never made: the server keeps the name and nothing else.
CREATE FUNCTION app.grade_below(app.grade, app.grade) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE OPERATOR app.<<< (FUNCTION = app.grade_below, LEFTARG = app.grade, RIGHTARG = app.grade, COMMUTATOR = OPERATOR(app.>>>));
CREATE TABLE app.pupils (id int PRIMARY KEY, reached app.grade NOT NULL, all_of_them app.grade[]);
INSERT INTO app.pupils VALUES (1, '3', '{1,2}'), (2, '5', NULL);
CREATE VIEW app.best AS SELECT id FROM app.pupils WHERE reached OPERATOR(app.=) '5'::app.grade;
-- A name that stands for nothing yet, and one that is made on the other side.
CREATE TYPE app.later;
CREATE TYPE app.gone;
COMMENT ON TYPE app.grade IS 'from 1 to 6';
