import { describe, expect, test } from 'vitest';
import { scanText } from './scan.ts';
import { readSqlFile } from './statements.ts';
import { upPart } from './up-part.ts';

const split = (text: string) => scanText(text).statements.map(({ from, to }) => text.slice(from, to));
const read = (text: string) => readSqlFile({ name: 'x.sql', text });
const refusal = (text: string) => read(text).then(() => 'read', (error: unknown) => (error instanceof Error ? error.message : String(error)));

describe('a text falls into its statements', () => {
  test('a semicolon in quotes, comments, brackets or an SQL body ends nothing', () => {
    expect(split(`select ';', ";", $$;$$, $a$;$$;$a$, E'\\';' -- ;\n/* ; /* ; */ ; */; select 2`)).toEqual([expect.stringMatching(/^select ';'/), 'select 2']);
    expect(split('create rule r as on insert to t do also (insert into a values (1); insert into b values (2)); select 1')).toHaveLength(2);
    expect(split('create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3')).toHaveLength(2);
    expect(split('begin; select 1; end;')).toEqual(['begin', 'select 1', 'end']);
    expect(split("select $1, 'a$b', a$b$c from t; select 1")).toHaveLength(2);
  });

  test('comments before a statement are not part of it, and an empty text has none', () => {
    expect(split('-- first\n\n/* x */ select 1 ; ;;\n-- end')).toEqual(['select 1']);
    expect(split('')).toEqual([]);
  });

  test('rows behind COPY are left out up to their end, psql commands are told apart', () => {
    const scanned = scanText("\\restrict abc\nCOPY public.t (a) FROM stdin;\n1;'\"\n\\N\n\\.\n\nselect 1;\n\\unrestrict abc\n");
    expect(scanned.statements).toHaveLength(2);
    expect(scanned.commands.map(({ word, rest }) => [word, rest])).toEqual([['restrict', 'abc'], ['unrestrict', 'abc']]);
  });
});

describe('a text that cannot be read says where', () => {
  test('line and column count characters, whatever their bytes, in later chunks too', async () => {
    expect(await refusal("-- é\nselect '🦊ü', 1;\n  create tabl x (a int);")).toContain('x.sql, line 3, column 10: syntax error at or near "tabl".');
    const filler = `select '${'ü'.repeat(1000)}';\n`.repeat(300);
    expect(await refusal(`${filler}selekt 1;\n`)).toContain('x.sql, line 301, column 1: syntax error at or near "selekt".');
    expect(await refusal('create table :SCHEMA.t (id int);')).toContain('x.sql, line 1, column 14: syntax error at or near ":". :SCHEMA is a placeholder: put there what is meant.');
    expect(await refusal('grant select on t to app_${name};')).toContain('syntax error at or near "{". ${name} is a placeholder: put there what is meant.');
    expect(await refusal("select 1 from from t where a = ':b';")).toContain('syntax error at or near "from".');
    expect(await refusal("select 1;\nselect 'abc")).toContain('line 2, column 8: unterminated quoted string');
  });

  test('a COPY without its end, a second \\connect, and psql commands that decide what statements mean are refused by name', async () => {
    expect(await refusal('COPY t FROM stdin;\n1\n2\n')).toContain('the file is cut off');
    expect(await refusal('\\connect a\nselect 1;\n\\connect b\n')).toContain('line 3, column 1: \\connect goes to a second database');
    expect(await refusal('\\i other.sql\n')).toContain('\\i reads another file (other.sql)');
    expect(await refusal('\\set tab x\nselect :tab;')).toContain('psql variable');
    expect(await refusal("select 'drop table x' \\gexec\n")).toContain('\\gexec is a command of psql');
    expect(await refusal('\\set ON_ERROR_STOP on\n\\echo hello\nselect 1;')).toBe('read');
  });
});

test('roles are gathered, and what is no schema of one database is left out by name', async () => {
  const { roles, passed, statements } = await read(`create database x; create role app; grant app to "Other"; \\connect x
    create table t (a int); alter table t owner to boss; grant select on t to app, public; create policy p on t to clerk;
    copy t from stdin;\n1\n\\.\nset session authorization boss; alter default privileges for role boss grant select on tables to reader;`);
  expect(roles).toEqual(['Other', 'app', 'boss', 'clerk', 'reader']);
  expect(passed).toEqual({ 'CREATE DATABASE': 1, 'CREATE ROLE': 1, 'membership in roles': 1, 'rows behind COPY': 1, 'SET SESSION AUTHORIZATION': 1 });
  expect(statements.map(({ treatment }) => treatment)).toEqual(['lend', 'owner', 'grant', 'lend', 'grant']);
});

test('blocks do not make roles, which belong to the server: each place in them remains true', async () => {
  const block = `do $$ begin if not exists (select from pg_roles where rolname = 'app') then create role App with login password 'a;b'; end if; end $$`;
  const { statements, roles } = await read(`${block}; do $x$ begin -- first
    create role "Odd one"; exception when duplicate_object then null; end $x$; do $$ begin create user mapping for app server s; execute 'create role made'; end $$; grant select on t to other;`);
  expect(statements.map(({ sql }) => sql.replaceAll(/ +/g, ' '))).toEqual([
    `do $$ begin if not exists (select from pg_roles where rolname = 'app') then null ; end if; end $$`, 'do $x$ begin -- first\n null ; exception when duplicate_object then null; end $x$',
    `do $$ begin create user mapping for app server s; execute 'create role made'; end $$`, 'grant select on t to other',
  ]);
  expect(statements[0]?.sql).toHaveLength(block.length);
  expect(roles).toEqual(['Odd one', 'app', 'other']);
});

test('tablespaces, which no scratch server has, are taken out of statements, and what only moves to one is left out by name', async () => {
  const { passed, statements } = await read(`set default_tablespace = fast; create table t (a int primary key using index tablespace "My Disk", b text default 'in tablespace x') tablespace fast; -- tablespace y
    create index i on t (b) tablespace fast where b > 'tablespace z'; alter table t set tablespace slow; alter index all in tablespace slow set tablespace fast; create table tablespace (a int);`);
  expect(statements.map(({ sql }) => sql.replaceAll(/\s+/g, ' ').trim())).toEqual([
    `create table t (a int primary key , b text default 'in tablespace x')`, `create index i on t (b) where b > 'tablespace z'`, 'create table tablespace (a int)',
  ]);
  expect(passed).toEqual({ 'SET TABLESPACE': 2 });
});

test('the ways back that some tools keep in the same file are blanked out, line by line', () => {
  expect(upPart('-- migrate:up\ncreate table a ();\n-- migrate:down\ndrop table a;\n')).toBe(`-- migrate:up\ncreate table a ();\n${' '.repeat(15)}\n${' '.repeat(13)}\n`);
  expect(upPart('-- +goose Up\na\n-- +goose Down\nb\n')).not.toContain('b');
  expect(upPart('-- Down Migration\nb\n-- Up Migration\na')).toMatch(/^ +\n \n-- Up Migration\na$/);
  expect(upPart('-- go down the list\nselect 1')).toBe('-- go down the list\nselect 1');

  for (const [begins, turns] of [
    ['', '---- create above / drop below ----'], ['-- +migrate Up', '-- +migrate Down'], ['-- +micrate Up', '-- +micrate Down'], ['-- rambler up', '-- rambler down'], ['-- // first', '-- //@UNDO'], ['--// first', '--//@UNDO'],
    ['# --- !Ups', '# --- !Downs'], ['-- !Ups', '-- !Downs'], ['---- Up Migration ----', '---- Down Migration ----'], ['-- Up', '-- Down'], ['-- ==== UP ====', '-- ==== DOWN ===='], ['--@UP', '--@DOWN'], ['-- note\n\n-- up', '-- down:'],
  ] as const) {
    const up = upPart(`${begins}\r\ncreate table a ();\r\n${turns}\r\ndrop table a;\r\n`);
    expect([turns, up.includes('create table a'), up.includes('drop table')]).toEqual([turns, true, false]);
    expect(split(up)).toEqual(['create table a ()']);
  }
});

test('what looks like such a mark in the middle of a text is a comment', () => {
  for (const plain of ['create function f() returns void language plpgsql as $$ begin\n-- up\nnull;\n-- down\nnull; end $$;', 'select 1;\n-- down\nselect 2;', '-- rolled back with drop table x\nselect 1;', '-- Down migration: see 1.down.sql\nselect 1;', '-- up migration of what was there\nselect 1;']) expect(upPart(plain)).toBe(plain);
});

test('parts of one file that are checks, a way back or for another database are blanked out', () => {
  expect(split(upPart('-- atlas:txtar\n\n-- checks.sql --\nselect 0;\n-- migration.sql --\nselect 1;\n-- down.sql --\nselect 2;\n'))).toEqual(['select 1']);
  const liquibase = (attributes: string) => split(upPart(`-- liquibase formatted sql\n\n--changeset a:1 ${attributes}\nselect 1;\n--rollback select 9;\n\n--changeset b:2\nselect 2;\n`));
  expect(['', 'dbms:postgresql', 'dbms:"h2, postgresql"', 'dbms:!mysql', 'context:test', 'dbms:all'].map(liquibase)).toEqual(Array.from({ length: 6 }, () => ['select 1', 'select 2']));
  expect(['dbms:mysql', 'dbms:"h2,oracle" context:x', 'dbms:!postgresql', 'ignore:true', 'dbms:none'].map(liquibase)).toEqual(Array.from({ length: 5 }, () => ['select 2']));
});
