CREATE TABLE one (a integer);
CREATE TABLE two (b text);
CREATE VIEW stays AS SELECT a, b FROM one LEFT JOIN two ON true;
CREATE VIEW comes AS SELECT * FROM one NATURAL LEFT JOIN two;
CREATE VIEW says AS SELECT a, ' ON (true)' AS word FROM one;
