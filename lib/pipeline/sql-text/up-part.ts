// Of one file of a migration tool the part that leads forward on Postgres. What is blanked out keeps its line breaks, so that places in the text remain true.

/** Comments by which migration tools begin the way back in the same file. */
const DOWN = /^[ \t]*(?:#[ \t]*)?--[ \t]*(?:\+\w+[ \t]+down\b|migrate:[ \t]*down\b|rambler[ \t]+down\b|\/\/[ \t]*@undo\b|-*[ \t]*!downs\b|[- \t]*down[ \t]+migration[- \t]*$|-*[ \t]*create above \/ drop below\b)/im;
const UP = /^[ \t]*(?:#[ \t]*)?--[ \t]*(?:\+\w+[ \t]+up\b|migrate:[ \t]*up\b|rambler[ \t]+up\b|-*[ \t]*!ups\b|[- \t]*up[ \t]+migration[- \t]*$)/im;
/** Words alone on a line, as some tools write them and people too: marks only where the file has both, and begins with one of them. */
const PLAIN_DOWN = /^[ \t]*--[-=*#[\]@+ \t]*down[-=*#[\]:+ \t]*$/im;
const PLAIN_UP = /^[ \t]*--[-=*#[\]@+ \t]*up[-=*#[\]:+ \t]*$/im;
const STATEMENT_BEFORE = /^(?![ \t]*(?:--|$))/m;

/**
 * The text with its down parts blanked out: what stands from `-- migrate:down` (dbmate), `-- +goose Down`, `-- +migrate Down`, `-- Down Migration`,
 * `---- create above / drop below ----` (tern), `--//@UNDO` (MyBatis) and their like to the next up mark or the end; and what is for another database.
 */
export function upPart(text: string): string {
  const evolution = /^(?:#[ \t]*)?--+[ \t]*!ups\b/im.test(text);
  const forward = withoutOtherDatabases(migrationOfArchive(withoutDown(text)));
  // Play marks with # too, and takes other lines that begin with it for comments.
  return evolution ? forward.replaceAll(/^#[^\n]*/gm, blank) : forward;
}

function withoutDown(text: string): string {
  const plain = isMarkedPlainly(text);
  const [up, down] = plain ? [either(UP, PLAIN_UP), either(DOWN, PLAIN_DOWN)] : [UP, DOWN];
  const kept: string[] = [];
  let rest = text;
  for (;;) {
    const found = down.exec(rest);
    if (!found) return [...kept, rest].join('');
    const tail = rest.slice(found.index);
    const end = up.exec(tail)?.index ?? tail.length;
    kept.push(rest.slice(0, found.index), blank(tail.slice(0, end)));
    rest = tail.slice(end);
  }
}

function isMarkedPlainly(text: string): boolean {
  const [up, down] = [PLAIN_UP.exec(text), PLAIN_DOWN.exec(text)];
  return up !== null && down !== null && !STATEMENT_BEFORE.test(text.slice(0, Math.min(up.index, down.index)).trimEnd());
}

function either(a: RegExp, b: RegExp): RegExp {
  return new RegExp(`${a.source}|${b.source}`, 'im');
}

/** Atlas keeps checks, the migration and its way back in one file, each under its name (`-- migration.sql --`). */
function migrationOfArchive(text: string): string {
  if (!/^\s*--[ \t]*atlas:txtar\b/.test(text)) return text;
  return sections(text, /^--[ \t]+\S+[ \t]+--[ \t]*$/gm, (head, first) => first || /^--[ \t]+migration\.sql[ \t]+--/.test(head));
}

/** Liquibase marks which change sets are for which databases. */
function withoutOtherDatabases(text: string): string {
  if (!/^\s*--[ \t]*liquibase formatted sql\b/i.test(text)) return text;
  return sections(text, /^[ \t]*--[ \t]*changeset[ \t][^\n]*$/gim, (head) => !/\signore:"?true\b/i.test(head) && isForPostgres(/\sdbms:(?:"([^"]*)"|(\S+))/i.exec(head)));
}

function isForPostgres(found: RegExpExecArray | null): boolean {
  const names = (found?.[1] ?? found?.[2] ?? '').toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (names.includes('!postgresql') || names.includes('none')) return false;
  return names.every((name) => name.startsWith('!')) || names.includes('postgresql') || names.includes('all');
}

/** The text cut before each mark; parts that are not kept are blanked out. */
function sections(text: string, mark: RegExp, kept: (head: string, first: boolean) => boolean): string {
  const starts = [0, ...Array.from(text.matchAll(mark), ({ index }) => index)];
  return starts.map((start, at) => {
    const part = text.slice(start, starts[at + 1]);
    return kept(at === 0 ? '' : part.slice(0, part.search(/\n|$/)), at === 0) ? part : blank(part);
  }).join('');
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}
