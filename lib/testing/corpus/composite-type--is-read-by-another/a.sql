-- The text of a row names no field: another type would take a for b.
CREATE TYPE one AS (a integer, b integer);
CREATE TYPE two AS (b integer, a integer);
CREATE DOMAIN turned AS one;
CREATE TABLE turns (id bigint PRIMARY KEY, at turned);
CREATE TABLE plain (id bigint PRIMARY KEY, at one);
