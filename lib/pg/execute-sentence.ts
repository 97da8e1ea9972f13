import { logSurprise } from '#lib/log.ts';
import { sqlState } from './sqlstate.ts';

/** What the database said about a statement of a plan, for a person: by SQLSTATE and names of objects, never the driver's text, which may hold values of rows. */
export interface StatementRefusal {
  sentence: string;
  /** Under this id the whole error stands in the worker's own log. */
  errorId: string;
}

const BY_CODE: Readonly<Record<string, string>> = {
  '23502': 'a column that may not be null would be',
  '23503': 'foreign key violation',
  '23505': 'two rows would have the same key',
  '23514': 'a check constraint does not hold for a row',
  '23P01': 'an exclusion constraint does not hold for two rows',
  '22P02': 'a value cannot be read as the wanted type',
  '22001': 'a value is longer than its column allows',
  '22003': 'a number is out of range',
  '22007': 'a value is no date or time',
  '22012': 'division by zero',
  '25006': 'the session is read-only',
  '25P02': 'the transaction had failed before',
  '2BP01': 'other objects depend on what it would drop',
  '42501': 'the operator lacks the right for it',
  '42601': 'syntax error',
  '42703': 'a column does not exist',
  '42704': 'an object does not exist',
  '42710': 'an object of that name exists',
  '42804': 'types do not match',
  '42830': 'the referenced columns have no unique key',
  '42883': 'a function or operator does not exist',
  '42P01': 'a table does not exist',
  '42P06': 'a schema of that name exists',
  '42P07': 'a table or index of that name exists',
  '42P16': 'the table definition is not possible',
  '53100': 'the disk is full',
  '53200': 'the server is out of memory',
  '53400': 'a limit that the settings of the server lay down is reached',
  '54000': 'a limit of the server is exceeded',
  '55006': 'the object is in use',
  P0001: 'a trigger or function refused it',
};

const BY_CLASS: Readonly<Record<string, string>> = {
  '0A': 'the server does not support it',
  '21': 'a query returned more than one row',
  '22': 'a value does not fit',
  '23': 'a constraint does not hold',
  '25': 'the transaction is in the wrong state',
  '42': 'an object or right is missing, or the SQL is wrong',
  '53': 'the server is out of resources',
  '54': 'a limit of the server is exceeded',
  '55': 'an object is not in the needed state',
  '58': 'the server has trouble with its files',
  XX: 'internal error of the server',
};

/** One sentence on why the statement `label` was refused. Logs the whole error under the id that comes back. */
export function statementRefusal(error: unknown, label: string): StatementRefusal {
  const errorId = logSurprise(error, `the statement “${label}”`);
  const state = sqlState(error);
  if (state === null) return { sentence: `The statement “${label}” ended in a surprise of Countersign itself.`, errorId };
  const what = hiddenRows(error) ?? BY_CODE[state] ?? BY_CLASS[state.slice(0, 2)] ?? 'it was refused';
  return { sentence: `The statement “${label}” was refused by the database: ${what} (${state})${where(error)}.`, errorId };
}

function where(error: unknown): string {
  const constraint = field(error, 'constraint');
  const table = field(error, 'table');
  const schema = field(error, 'schema');
  const column = field(error, 'column');
  const parts = [
    constraint === null ? '' : `constraint “${constraint}”`,
    table === null ? '' : `table ${schema === null ? table : `${schema}.${table}`}`,
    column === null ? '' : `column ${column}`,
    ...dependents(error, sqlState(error)),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

/** With row_security off the server refuses to read in part what policies would hide. Told by where it was raised: the text is in the server's language. */
function hiddenRows(error: unknown): string | null {
  return field(error, 'routine') === 'check_enable_rls' ? 'policies of the table hide rows from the operator, who needs BYPASSRLS to work on all of them' : null;
}

/** What stands in the way of a drop is said in the detail, by names of objects alone. */
function dependents(error: unknown, state: string | null): string[] {
  return state === '2BP01' ? (field(error, 'detail') ?? '').split('\n').slice(0, 5) : [];
}

function field(error: unknown, name: string): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' && value !== '' ? value : null;
}
