import { blocking, type JudgedFinding } from './findings.ts';
import type { Phase, TableName } from './plan.ts';
import { ident } from './ddl.ts';
import { paperOf } from './step-kinds/all.ts';
import { listed } from './words.ts';

/** Where a phase, there or back, needs rights on what exists. */
export interface RightsWanted {
  /** Tables and views that it locks ACCESS EXCLUSIVE: only their owner may. */
  altered: readonly TableName[];
  /** Schemas in which it makes, renames or brings something. */
  entered: readonly string[];
  /** What it makes there and gives to its owner. */
  given: readonly { schema: string; owner: string }[];
}

/** Of these rights, those that are missing. */
export interface RightsMissing {
  /** Tables, as `schema.name`. */
  notOwned: readonly string[];
  /** Schemas that are closed to the operator. */
  closed: readonly string[];
  /** Schemas that are closed to a role which is to own something there. */
  closedTo: readonly { schema: string; owner: string }[];
  /** Roles to which it gives something and of which it is no member. */
  notMember: readonly string[];
}

const NAME = '("(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)';
/** As our own rendering writes them. The server asks for CREATE on the schema for each of these; not for a column that is added, and not for what is dropped. */
const ENTERS = [
  new RegExp(`^CREATE (?:[A-Z]+ )+?${NAME}\\.`),
  new RegExp(`^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*) ON (?:ONLY )?${NAME}\\.`),
  new RegExp(`^ALTER (?:[A-Z]+ )+?${NAME}\\.[^;]* RENAME TO `),
  new RegExp(`^ALTER [^;]* SET SCHEMA ${NAME}$`),
];
const GIVES = new RegExp(`^ALTER (?:[A-Z]+ )+?${NAME}\\.[^;]* OWNER TO ${NAME}$`);
const OPENS = new RegExp(`^GRANT [A-Z, ]*CREATE[A-Z, ]* ON SCHEMA ${NAME} TO ${NAME}$`);

/**
 * What the statements of a phase demand of roles, read from generated SQL, there and back. Of what people wrote only the locks count: their statements may
 * give a thing to the role that has it, which asks for nothing. What the phase itself opens to a role is not asked for.
 */
export function rightsWanted(phase: Pick<Phase, 'kind' | 'steps'>): RightsWanted {
  const both = phase.steps.flatMap((step) => [step, paperOf(step).undone(step) ?? []].flat());
  const altered = both.flatMap((step) => paperOf(step).locks(step)).filter(({ mode }) => mode === 'ACCESS EXCLUSIVE').map(({ table }) => table);
  const statements = phase.kind === 'written' ? [] : both.flatMap((step) => paperOf(step).sql(step)).map(({ sql }) => sql.trim());
  const opened = new Set(statements.flatMap((sql) => pair(OPENS.exec(sql)) ?? []).map(key));
  const given = statements.flatMap((sql) => pair(GIVES.exec(sql)) ?? []).filter((one) => !opened.has(key(one)));
  return {
    altered: once(altered, (table) => `${table.schema}.${table.name}`),
    entered: [...new Set(statements.flatMap((sql) => ENTERS.flatMap((form) => unquoted(form.exec(sql)?.[1]) ?? [])))].toSorted(),
    given: once(given, key),
  };
}

/** A right that is missing fails in the middle of a step; it stops the signature instead, with the statement that mends it. */
export function judgeRights(operator: string, { notOwned, closed, closedTo, notMember }: RightsMissing): JudgedFinding[] {
  return [
    ...(notOwned.length > 0 ? [finding(`The operator ${operator} does not own ${listed(notOwned)}, and only an owner may alter a table. Let it act as the role that owns ${notOwned.length === 1 ? 'it' : 'them'}, as the README says under “Your own databases”`)] : []),
    ...closed.map((schema) => finding(`The operator ${operator} may make nothing in the schema ${schema}, and this phase does: GRANT CREATE ON SCHEMA ${ident(schema)} TO ${ident(operator)}`)),
    ...closedTo.map(({ schema, owner }) => finding(`${owner} may make nothing in the schema ${schema}, and what this phase makes there is to be its own: GRANT CREATE ON SCHEMA ${ident(schema)} TO ${ident(owner)}`)),
    ...notMember.map((owner) => finding(`The operator ${operator} is not a member of ${owner}, to which this phase gives something: GRANT ${ident(owner)} TO ${ident(operator)}`)),
  ];
}

function finding(sentence: string): JudgedFinding {
  return blocking('OPERATOR_RIGHTS', `${sentence}, then measure again.`);
}

function pair(match: RegExpExecArray | null): { schema: string; owner: string } | null {
  const [schema, owner] = [unquoted(match?.[1]), unquoted(match?.[2])];
  return schema === null || owner === null ? null : { schema, owner };
}

function unquoted(name: string | undefined): string | null {
  if (name === undefined) return null;
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function key({ schema, owner }: { schema: string; owner: string }): string {
  return `${schema}\0${owner}`;
}

function once<T>(all: readonly T[], id: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [id(one), one])).values()];
}
