/** SQLSTATEs that the code decides on, by the condition names of the PostgreSQL manual (appendix A). */
export const SQLSTATE = {
  connectionFailure: '08006',
  protocolViolation: '08P01',
  featureNotSupported: '0A000',
  invalidParameterValue: '22023',
  invalidTextRepresentation: '22P02',
  foreignKeyViolation: '23503',
  uniqueViolation: '23505',
  readOnlySqlTransaction: '25006',
  inFailedSqlTransaction: '25P02',
  invalidAuthorization: '28000',
  invalidPassword: '28P01',
  invalidCatalogName: '3D000',
  dependentObjectsStillExist: '2BP01',
  invalidSchemaName: '3F000',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  insufficientPrivilege: '42501',
  undefinedTable: '42P01',
  undefinedObject: '42704',
  duplicateObject: '42710',
  duplicateTable: '42P07',
  tooManyConnections: '53300',
  objectInUse: '55006',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
  databaseDropped: '57P04',
  idleSessionTimeout: '57P05',
  undefinedFile: '58P01',
  internalError: 'XX000',
} as const;

/** What Node says when the socket is the trouble: no SQLSTATE, and the outcome of whatever was sent is not known. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EPIPE',
]);
/** The same for a Unix socket, but files raise them too: only of `connect` do they speak of the server. */
const SOCKET_FILE_CODES = new Set(['ENOENT', 'EACCES']);

/** Messages of node-postgres itself for a connection that went away; it gives them no code. */
const CONNECTION_MESSAGES = [/^Connection terminated/, /^timeout expired$/, /^Query read timeout$/, /Client has encountered a connection error/, /^Client was closed/, /^This socket has been ended/];

/** The five-character SQLSTATE of a server error, or null for anything that is not one. */
export function sqlState(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE' ? code : null;
}

/** The connection itself broke or never stood: no answer of the server is known. */
export function isSocketTrouble(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isSocketTrouble);
  const code = codeOf(error);
  if (code !== null && SOCKET_CODES.has(code)) return true;
  if (code !== null && SOCKET_FILE_CODES.has(code)) return error instanceof Error && 'syscall' in error && error.syscall === 'connect';
  return error instanceof Error && sqlState(error) === null && CONNECTION_MESSAGES.some((message) => message.test(error.message));
}

/** Lost the race for a lock: nothing was changed, and trying again may help. */
export function isRetryableLock(error: unknown): boolean {
  const state = sqlState(error);
  return state === SQLSTATE.lockNotAvailable || state === SQLSTATE.deadlockDetected || state === SQLSTATE.queryCanceled;
}

/** Sent, but whether it took effect is not known: class 08, server going down, or a dead socket. Only the ledger can tell. */
export function isInDoubt(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== null) return state.startsWith('08') || state.startsWith('57P');
  return isSocketTrouble(error);
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
