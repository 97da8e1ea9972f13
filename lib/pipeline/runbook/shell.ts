import { aboutConnection, type About } from './environment.ts';

// Reads the lines of a shell as far as a runbook needs it: where a command begins and ends, what the remarks above it say, and what psql and pg_dump are told.

export type ShellPiece =
  | { piece: 'command'; text: string; at: number; remarks: readonly string[] }
  /** A numbered remark without a command: something that a person does. */
  | { piece: 'said'; text: string; at: number }
  /** From here on the text is SQL. */
  | { piece: 'sql'; text: string; at: number; remarks: readonly string[] };

const SQL_LINE = /^(?:DO \$|SELECT\b|INSERT INTO\b|UPDATE \S+|DELETE FROM\b|CREATE (?:TABLE|INDEX|UNIQUE)|ALTER TABLE\b|DROP TABLE\b|BEGIN;|WITH \w+ AS)/;

interface Remark {
  text: string;
  at: number;
}

/** The commands of a fence in their order, each with the remarks right above it. */
export function readShell(text: string): ShellPiece[] {
  const pieces: ShellPiece[] = [];
  let remarks: Remark[] = [];
  const say = (): void => {
    const first = remarks[0];
    if (first && /^\d+[.)]\s/.test(first.text)) pieces.push({ piece: 'said', text: first.text, at: first.at });
    remarks = [];
  };
  for (let at = 0; at < text.length; ) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    const start = at + line.length - line.trimStart().length;
    if (line.trim() === '') at = end + 1;
    else if (/^\s*#/.test(line)) {
      const remark = { text: line.replace(/^\s*#+!?\s*/, '').trim(), at: start };
      if (/^\d+[.)]\s/.test(remark.text)) say();
      remarks.push(remark);
      at = end + 1;
    } else if (SQL_LINE.test(line.trimStart())) {
      return [...pieces, { piece: 'sql', text: text.slice(start), at: start, remarks: remarks.map((one) => one.text) }];
    } else {
      const stop = commandEnd(text, start);
      pieces.push({ piece: 'command', text: text.slice(start, stop).replace(/^\$ /, '').trimEnd(), at: start + (text.startsWith('$ ', start) ? 2 : 0), remarks: remarks.map((one) => one.text) });
      remarks = [];
      at = stop + 1;
    }
  }
  say();
  return pieces;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** Over line breaks in quotes, behind a backslash and in a here-document; a quote that is never closed ends with its line. */
function commandEnd(text: string, start: number): number {
  const first = lineEnd(text, start);
  const document = /<<-?\s*(['"]?)(\w+)\1/.exec(text.slice(start, first));
  if (document) {
    const close = new RegExp(String.raw`^\s*${document[2]}\s*$`, 'm').exec(text.slice(first + 1));
    return close ? first + 1 + close.index + close[0].length : text.length;
  }
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (letter === '\\' && quote !== "'") at += 1;
    else if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '\n') return at;
  }
  return quote === '' ? text.length : first;
}

interface Token {
  value: string;
  /** Where its value begins, inside its quotes. */
  at: number;
  /** The value is what stands there, letter by letter. */
  verbatim: boolean;
}

function tokensOf(command: string): Token[] {
  const tokens: Token[] = [];
  for (const found of command.matchAll(/(?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+/g)) {
    const raw = found[0];
    const quoted = /^(--\w+=)?(['"])([\s\S]*)\2$/.exec(raw);
    const inner = quoted?.[3] ?? '';
    if (quoted && !inner.includes(quoted[2] === '"' ? '\\' : "'")) tokens.push({ value: (quoted[1] ?? '') + inner, at: found.index + (quoted[1]?.length ?? 0) + 1, verbatim: true });
    else tokens.push({ value: raw.replaceAll(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g, (_all, single?: string, double?: string, letter?: string) => single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? letter ?? ''), at: found.index, verbatim: !/['"\\]/.test(raw) });
  }
  return tokens;
}

export type Understood =
  | { does: 'dump'; about: About; part: boolean }
  /** `at`: where the SQL begins in the command; null where quoting has changed it. */
  | { does: 'sql'; about: About; parts: readonly { sql: string; at: number | null }[] }
  /** psql with a file that is not here. */
  | { does: 'file'; about: About; name: string }
  /** psql and more in one line. */
  | { does: 'chain'; about: About }
  /** psql without anything to do: somebody types there. */
  | { does: 'connect' }
  | { does: 'migrate'; tool: string }
  | { does: 'other' };

const MIGRATES = /\b(?:(prisma) (?:migrate (?:deploy|dev|reset|resolve)|db (?:push|execute))|(drizzle)-kit (?:migrate|push)|(?:npm|pnpm|yarn|bun)(?: run)? \S*(?:db[:-](?:migrate|push|deploy)|migrate(?::\w+)?|migration:run)\b|(rails|rake) db:migrate|(knex) migrate:(?:latest|up)|(flyway) \S*\s*migrate|(alembic) upgrade|(sequelize)\S* db:migrate|(typeorm) migration:run|(dbmate)(?: \S+)* up|(goose)(?: \S+)* up|(supabase) db push|python3? manage\.py (migrate)|(liquibase) update|(atlas) (?:schema|migrate) apply)/i;

/** What a command means for the target. */
export function understand(command: string, target: string): Understood {
  const migrates = MIGRATES.exec(command);
  if (migrates) return { does: 'migrate', tool: migrates.slice(1).find((each) => each !== undefined)?.toLowerCase() ?? 'the migration tool' };
  const tokens = tokensOf(command);
  const place = tokens.slice(0, 10).findIndex(({ value }) => /(?:^|\/)(?:psql|pg_dump|pg_dumpall)$/.test(value));
  const leads = tokens.slice(0, Math.max(0, place)).every(({ value }) => /^(?:sudo|docker|kubectl|exec|run|-\S+|\w+=.*|compose|time|env|postgres|[\w-]+)$/.test(value)) && /^(?:sudo|docker|kubectl|time|env|\w+=|psql|pg_dump|\S*\/)/.test(command);
  if (place === -1 || !leads) return /\|\s*(?:sudo (?:-\S+ \w+ )?)?(?:\S*\/)?psql\b/.test(command) ? { does: 'chain', about: aboutConnection(command, target) } : { does: 'other' };
  const chained = tokens.some(({ value }) => value === '&&' || value === '||' || value === ';');
  const about = aboutConnection(command, target);
  if (/pg_dump/.test(tokens[place]?.value ?? '')) return chained ? { does: 'other' } : { does: 'dump', about, part: /\s(?:-t|--table|-s\b|--schema-only|-n|--schema=|-a\b|--data-only)/.test(command) };
  const psql = psqlOf(command, tokens.slice(place + 1), about);
  return (chained || tokens.some(({ value }) => value === '|')) && psql.does !== 'connect' ? { does: 'chain', about } : psql;
}

function psqlOf(command: string, tokens: readonly Token[], about: About): Understood {
  const parts = tokens.flatMap((token, i) => {
    if (token.value.startsWith('--command=')) return [{ sql: token.value.slice('--command='.length), at: token.verbatim ? token.at : null }];
    return /^-\w*c$/.test(tokens[i - 1]?.value ?? '') || tokens[i - 1]?.value === '--command' ? [{ sql: token.value, at: token.verbatim ? token.at : null }] : [];
  });
  if (parts.length > 0) return { does: 'sql', about, parts };
  const document = /<<-?\s*(['"]?)(\w+)\1[^\n]*\n([\s\S]*?)\n?\s*\2\s*$/.exec(command);
  if (document) return { does: 'sql', about, parts: [{ sql: document[3] ?? '', at: command.indexOf('\n', document.index) + 1 }] };
  const file = /(?:\s-\w*f\s+|\s--file[= ]|<\s*)(\S+)/.exec(command)?.[1];
  return file === undefined ? { does: 'connect' } : { does: 'file', about, name: file.replaceAll(/['"]/g, '') };
}
