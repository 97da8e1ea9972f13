CREATE TABLE swapped (key bigint PRIMARY KEY, one character varying(40), two text NOT NULL) WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE TABLE one_goes (id bigint PRIMARY KEY, two text) WITH (toast.vacuum_truncate = false);
CREATE TABLE computed (id bigint PRIMARY KEY, one text GENERATED ALWAYS AS (id || 'b') STORED) WITH (toast.autovacuum_vacuum_threshold = 7, toast.vacuum_truncate = false);
CREATE TABLE changed (key bigint PRIMARY KEY, one character varying(40), two text NOT NULL) WITH (toast.vacuum_truncate = false, toast.autovacuum_vacuum_threshold = 9);
CREATE TABLE stays (id bigint PRIMARY KEY, one text, two jsonb) WITH (toast.vacuum_truncate = false);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE moods (key bigint PRIMARY KEY, moods mood[]) WITH (toast.vacuum_truncate = false);
