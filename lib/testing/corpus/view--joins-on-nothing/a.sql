-- Tables without a column in common are joined on nothing, which is shown as ON TRUE, and what is loaded from that as ON (true).
CREATE TABLE one (a integer);
CREATE TABLE two (b text);
CREATE VIEW stays AS SELECT * FROM one NATURAL LEFT JOIN two;
CREATE VIEW goes AS SELECT * FROM one NATURAL FULL JOIN two;
CREATE VIEW says AS SELECT a, ' ON TRUE' AS word FROM one;
