CREATE TYPE one AS (a integer, b integer, c integer);
CREATE TYPE two AS (b integer, a integer);
CREATE DOMAIN turned AS two;
CREATE TABLE turns (id bigint PRIMARY KEY, at turned);
CREATE TABLE plain (id bigint PRIMARY KEY, at two);
