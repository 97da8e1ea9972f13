CREATE TABLE one (a integer);
CREATE TABLE two (b integer);
CREATE TABLE ordered () INHERITS (two, one);
CREATE TABLE second (k integer);
CREATE TABLE moved (own integer) INHERITS (second);
