import { z } from 'zod';
import { TEAM_RULES, type TeamRule } from '#lib/pipeline/lint/finding.ts';
import type { Policy } from '#lib/pipeline/policy.ts';

/** One database under review. The web process never holds the operator's credential. */
export interface DatabaseConfig {
  /** Name as declared in COUNTERSIGN_DATABASES; shown on every screen. */
  name: string;
  /** Free word such as production or development; a database called production gets the warning colours. */
  environment: string;
  readerUrl: string;
  /** Worker only; null where nothing may be changed. */
  operatorUrl: string | null;
  /** The role that carries plans out, said to web and worker alike so that it can be signed; left out: it is not signed. */
  operatorRole?: string;
  /** The size of the volume with its data directory, which no server tells; left out: not known. */
  volumeBytes?: number;
}

export interface OidcEnv {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What the sign-in button says. */
  name: string;
}

/** A folder of migrations that may be compared with. Only the environment names folders; a browser names them by their names. */
export interface MigrationsConfig {
  name: string;
  path: string;
}

/** Where SQL that people compare with comes from and is replayed. */
export interface SourcesEnv {
  /** A server of its own for replaying SQL; null: SQL cannot be compared with in the browser. */
  scratchUrl: string | null;
  migrations: readonly MigrationsConfig[];
}

/** How notices get out; worker only. */
export interface NotifyEnv {
  /** What addresses of webhooks are sealed with and their secrets derived from, the same as in the web process; null: none is called. */
  webhookKey: string | null;
  /** May a webhook lead into the private network, or to this machine? */
  privateTargets: boolean;
  /** Where mail is handed in, smtp:// or smtps://; null: none is sent. */
  smtpUrl: string | null;
  mailFrom: string;
  /** The address of Countersign for people, for links; null: notices have none. */
  address: string | null;
}

export interface WebEnv {
  controlUrl: string;
  nextAuthSecret: string;
  nextAuthUrl: string;
  databases: readonly DatabaseConfig[];
  policy: Policy;
  sources: SourcesEnv;
  /** True only in the demo: the sign-in page offers its five people by one click. */
  demo: boolean;
  oidc: OidcEnv | null;
  /** What addresses of webhooks are sealed with and their secrets derived from; null: none can be made. */
  webhookKey: string | null;
  /** Seconds that a replica may be behind when a run starts, as the worker's configuration says it; 0: not looked at. */
  maxReplicaLagSeconds: number;
  host: string;
  port: number;
}

/** Where dumps go and with what they are made; worker only. */
export interface BackupEnv {
  /** Null: this worker makes no dumps. */
  directory: string | null;
  /** A folder with pg_dump and pg_restore, looked at before PATH and the usual places. */
  toolFolder: string | null;
  /** A server on which databases may be created and dropped, for restore tests. */
  restoreUrl: string | null;
  /** PATH and HOME, which the tools of Postgres need. */
  environment: Readonly<Record<string, string>>;
}

/** When the worker holds itself back; worker only. */
export interface PacingEnv {
  /** Seconds that a replica may be behind; 0: not looked at. */
  lagSeconds: number;
  /** Bytes of WAL per second; 0: not looked at. */
  walBytesPerSecond: number;
  /** The fuse: so many sessions waiting for us longer than so many seconds, and what we do is cancelled; 0 sessions: no fuse. */
  fuseSessions: number;
  fuseSeconds: number;
}

/** Where plans are rehearsed; worker only. */
export interface RehearsalEnv {
  /** A server on which databases may be made and dropped; null: this worker rehearses nothing. */
  url: string | null;
  /** Bytes that its disk has for one rehearsal; null: unknown, where the server is on another machine. */
  roomBytes: number | null;
  /** Names of databases for which a proof on a sample of their rows is enough where policy demands one. */
  sampleSuffices: readonly string[];
}

export interface WorkerEnv {
  controlUrl: string;
  databases: readonly DatabaseConfig[];
  policy: Policy;
  backup: BackupEnv;
  pacing: PacingEnv;
  rehearsal: RehearsalEnv;
  /** A server of its own on which drafts of plans are checked, the same as the web process replays SQL on; null: none is checked. */
  scratchUrl: string | null;
  notify: NotifyEnv;
  /** Between two looks at each database for drift; 0: never. */
  driftEveryMs: number;
  /** Tests only: where the worker is to die. */
  fault: string | null;
}

export interface MigrateEnv {
  /** The role that owns the control database. */
  ownerUrl: string;
  /** The role that web and worker use; it is granted what it needs and owns nothing. */
  controlUrl: string;
}

/** The environment is wrong: `sentences` has one sentence per variable. */
export class EnvironmentError extends Error {
  readonly sentences: readonly string[];
  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'EnvironmentError';
    this.sentences = sentences;
  }
}

type Source = Readonly<Record<string, string | undefined>>;

const postgresUrl = z.string({ error: 'is not set; it is needed' }).refine(isPostgresUrl, 'must be a URL such as postgres://user:password@host:5432/database');
const httpUrl = z.string({ error: 'is not set; it is needed' }).refine((text) => /^https?:\/\/[^/\s]+/.test(text) && URL.canParse(text), 'must be a URL that starts with http:// or https://');
const whole = (least: number, most: number) =>
  z.string().refine((text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most, `must be a whole number from ${least} to ${most}`).transform(Number);
const databaseName = /^[a-z][a-z0-9_]{0,62}$/;

const control = { CONTROL_DATABASE_URL: postgresUrl };
const nameList = z.string().default('').transform((text) => text.split(',').map((name) => name.trim()).filter((name) => name !== ''));
const policyShape = {
  COUNTERSIGN_APPROVALS: whole(1, 10).default(1),
  COUNTERSIGN_APPROVALS_DESTRUCTIVE: whole(1, 10).default(1),
  COUNTERSIGN_APPROVAL_HOURS: whole(1, 24 * 365).default(72),
  COUNTERSIGN_WRITE_PAUSE_SECONDS: whole(0, 3_600).default(5),
  COUNTERSIGN_TEAM_RULES: z.string().default('').transform((text) => text.split(',').map((name) => name.trim()).filter((name) => name !== '')).pipe(z.custom<TeamRule[]>((names) => Array.isArray(names) && names.every((name: unknown) => TEAM_RULES.some((rule) => rule === name)), `must list any of ${TEAM_RULES.join(', ')}`)),
  COUNTERSIGN_REHEARSAL_REQUIRED: nameList,
};
const backupShape = {
  COUNTERSIGN_BACKUP_DIR: z.string().refine((text) => text.startsWith('/'), 'must be a whole path, beginning with /').optional(),
  COUNTERSIGN_PG_BIN: z.string().refine((text) => text.startsWith('/'), 'must be a whole path, beginning with /').optional(),
  COUNTERSIGN_RESTORE_URL: postgresUrl.optional(),
};
const replicaLag = { COUNTERSIGN_MAX_REPLICA_LAG_SECONDS: whole(0, 3_600).default(5) };
const pacingShape = {
  ...replicaLag,
  COUNTERSIGN_MAX_WAL_MB_PER_SECOND: whole(0, 100_000).default(0),
  COUNTERSIGN_FUSE_SESSIONS: whole(0, 10_000).default(5),
  COUNTERSIGN_FUSE_SECONDS: whole(1, 3_600).default(3),
};
const rehearsalShape = {
  COUNTERSIGN_REHEARSAL_URL: postgresUrl.optional(),
  COUNTERSIGN_REHEARSAL_ROOM_GB: whole(1, 1_000_000).optional(),
  COUNTERSIGN_REHEARSAL_SAMPLE: nameList,
};
const webhookKey = { COUNTERSIGN_WEBHOOK_KEY: z.string().min(32, 'must have at least 32 characters (try: openssl rand -base64 32)').optional() };
const notifyShape = {
  ...webhookKey,
  COUNTERSIGN_WEBHOOK_PRIVATE: z.enum(['0', '1'], { error: 'must be 0 or 1' }).default('0'),
  COUNTERSIGN_SMTP_URL: z.string().refine((text) => /^smtps?:\/\/[^/\s]+/.test(text) && URL.canParse(text), 'must be a URL such as smtps://user:password@mail.example.org').optional(),
  COUNTERSIGN_MAIL_FROM: z.string().default('Countersign <countersign@localhost>'),
  NEXTAUTH_URL: httpUrl.optional(),
};
const databaseList = {
  COUNTERSIGN_DATABASES: z
    .string({ error: 'is not set; it is needed' })
    .transform((text) => text.split(',').map((name) => name.trim()).filter((name) => name !== ''))
    .refine((names) => names.length > 0, 'must name at least one database, for example bazaar_prod,bazaar_dev')
    .refine((names) => names.every((name) => databaseName.test(name)), 'must be a list of names in lower case (letters, digits, _), separated by commas')
    .refine((names) => new Set(names).size === names.length, 'names a database twice'),
};
const webShape = {
  ...control,
  ...policyShape,
  ...databaseList,
  ...webhookKey,
  ...replicaLag,
  COUNTERSIGN_SCRATCH_URL: postgresUrl.optional(),
  COUNTERSIGN_MIGRATIONS: z.string().default('').transform(migrationsOf).refine((folders) => folders.every(({ name, path }) => databaseName.test(name) && path.startsWith('/')), 'must be a list of name=/absolute/path, separated by commas, for example shop=/srv/shop/drizzle'),
  NEXTAUTH_SECRET: z.string({ error: 'is not set; it is needed to sign sessions' }).min(32, 'must have at least 32 characters, because it signs every session (try: openssl rand -base64 32)'),
  NEXTAUTH_URL: httpUrl,
  COUNTERSIGN_DEMO: z.enum(['0', '1'], { error: 'must be 0 or 1' }).default('0'),
  OIDC_ISSUER: httpUrl.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().default('single sign-on'),
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(1, 65535).default(3000),
};

/** What the web process needs. Throws EnvironmentError with one sentence per wrong or missing variable. */
export function webEnv(source: Source = process.env): WebEnv {
  const { found, wrong } = parsed(webShape, source);
  const databases = databasesOf(source, found?.COUNTERSIGN_DATABASES ?? [], false, wrong);
  refuseUndeclared(found, wrong);
  const oidc = found ? oidcOf(found, wrong) : null;
  if (!found || wrong.length > 0) throw new EnvironmentError(wrong);
  return {
    controlUrl: found.CONTROL_DATABASE_URL,
    nextAuthSecret: found.NEXTAUTH_SECRET,
    nextAuthUrl: found.NEXTAUTH_URL,
    databases,
    policy: policyOf(found),
    sources: { scratchUrl: found.COUNTERSIGN_SCRATCH_URL ?? null, migrations: found.COUNTERSIGN_MIGRATIONS },
    demo: found.COUNTERSIGN_DEMO === '1',
    oidc,
    webhookKey: found.COUNTERSIGN_WEBHOOK_KEY ?? null,
    maxReplicaLagSeconds: found.COUNTERSIGN_MAX_REPLICA_LAG_SECONDS,
    host: found.HOST,
    port: found.PORT,
  };
}

/** What the worker needs; the only one that reads operator credentials. Throws EnvironmentError like webEnv. */
export function workerEnv(source: Source = process.env): WorkerEnv {
  const { found, wrong } = parsed({ ...control, ...policyShape, ...databaseList, ...backupShape, ...pacingShape, ...rehearsalShape, ...notifyShape, COUNTERSIGN_SCRATCH_URL: postgresUrl.optional(), COUNTERSIGN_DRIFT_MINUTES: whole(0, 60 * 24 * 30).default(60), COUNTERSIGN_FAULT: z.string().optional() }, source);
  const databases = databasesOf(source, found?.COUNTERSIGN_DATABASES ?? [], true, wrong);
  refuseUndeclared(found, wrong);
  if (!found || wrong.length > 0) throw new EnvironmentError(wrong);
  return { controlUrl: found.CONTROL_DATABASE_URL, databases, policy: policyOf(found), backup: backupOf(found, source), pacing: pacingOf(found), rehearsal: { url: found.COUNTERSIGN_REHEARSAL_URL ?? null, roomBytes: found.COUNTERSIGN_REHEARSAL_ROOM_GB === undefined ? null : found.COUNTERSIGN_REHEARSAL_ROOM_GB * 1e9, sampleSuffices: found.COUNTERSIGN_REHEARSAL_SAMPLE }, scratchUrl: found.COUNTERSIGN_SCRATCH_URL ?? null, notify: notifyOf(found), driftEveryMs: found.COUNTERSIGN_DRIFT_MINUTES * 60_000, fault: found.COUNTERSIGN_FAULT ?? null };
}

/** What `npm run control:migrate` needs. Throws EnvironmentError like webEnv. */
export function migrateEnv(source: Source = process.env): MigrateEnv {
  const { found, wrong } = parsed({ ...control, CONTROL_OWNER_URL: postgresUrl }, source);
  if (!found) throw new EnvironmentError(wrong);
  if (found.CONTROL_OWNER_URL === found.CONTROL_DATABASE_URL) {
    throw new EnvironmentError(['CONTROL_OWNER_URL must be another role than CONTROL_DATABASE_URL: whoever owns the log could rewrite it.']);
  }
  return { ownerUrl: found.CONTROL_OWNER_URL, controlUrl: found.CONTROL_DATABASE_URL };
}

/** What a command on the control database alone needs. Throws EnvironmentError like webEnv. */
export function controlEnv(source: Source = process.env): { controlUrl: string } {
  const { found, wrong } = parsed(control, source);
  if (!found) throw new EnvironmentError(wrong);
  return { controlUrl: found.CONTROL_DATABASE_URL };
}

/** The environment that the web process is started with: without any credential that could change a database under review. */
export function withoutOperators(source: Source): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value !== undefined && !name.endsWith('_OPERATOR_URL') && name !== 'CONTROL_OWNER_URL' && name !== 'COUNTERSIGN_RESTORE_URL' && name !== 'COUNTERSIGN_REHEARSAL_URL' && name !== 'COUNTERSIGN_SMTP_URL') kept[name] = value;
  }
  return kept;
}

function parsed<Shape extends z.ZodRawShape>(shape: Shape, source: Source): { found: z.output<z.ZodObject<Shape>> | null; wrong: string[] } {
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const result = z.object(shape).safeParse(set);
  if (result.success) return { found: result.data, wrong: [] };
  return { found: null, wrong: result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`) };
}

function databasesOf(source: Source, names: readonly string[], withOperators: boolean, wrong: string[]): DatabaseConfig[] {
  return names.flatMap((name) => {
    const prefix = name.toUpperCase();
    const shape: Record<string, z.ZodType<string | undefined>> = {
      [`${prefix}_READER_URL`]: postgresUrl,
      [`${prefix}_ENVIRONMENT`]: z.string({ error: `is not set; it says what ${name} is, for example production` }),
    };
    shape[`${prefix}_VOLUME_GB`] = z.string().regex(/^[1-9]\d{0,6}$/, 'must be a whole number of gigabytes from 1 to 9999999').optional();
    shape[`${prefix}_OPERATOR_ROLE`] = z.string().max(63, 'is longer than a name of a role can be').optional();
    if (withOperators) shape[`${prefix}_OPERATOR_URL`] = postgresUrl.optional();
    const { found, wrong: wrongHere } = parsed(shape, source);
    wrong.push(...wrongHere);
    if (!found) return [];
    const readerUrl = found[`${prefix}_READER_URL`];
    const environment = found[`${prefix}_ENVIRONMENT`];
    if (readerUrl === undefined || environment === undefined) return [];
    const volume = found[`${prefix}_VOLUME_GB`];
    const role = found[`${prefix}_OPERATOR_ROLE`];
    return [{ name, environment, readerUrl, operatorUrl: withOperators ? (found[`${prefix}_OPERATOR_URL`] ?? null) : null, ...(role === undefined ? {} : { operatorRole: role }), ...(volume === undefined ? {} : { volumeBytes: Number(volume) * 1e9 }) }];
  });
}

function oidcOf(found: { OIDC_ISSUER?: string | undefined; OIDC_CLIENT_ID?: string | undefined; OIDC_CLIENT_SECRET?: string | undefined; OIDC_NAME: string }, wrong: string[]): OidcEnv | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = found;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return null;
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined) return { issuer, clientId, clientSecret, name: found.OIDC_NAME };
  const missing = Object.entries({ OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret }).filter(([, value]) => value === undefined);
  wrong.push(...missing.map(([name]) => `${name} is not set; sign-in by OpenID Connect needs OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET together.`));
  return null;
}

function policyOf(found: { COUNTERSIGN_APPROVALS: number; COUNTERSIGN_APPROVALS_DESTRUCTIVE: number; COUNTERSIGN_APPROVAL_HOURS: number; COUNTERSIGN_WRITE_PAUSE_SECONDS: number; COUNTERSIGN_REHEARSAL_REQUIRED: readonly string[]; COUNTERSIGN_TEAM_RULES: readonly TeamRule[] }): Policy {
  return { approvals: found.COUNTERSIGN_APPROVALS, approvalsDestructive: found.COUNTERSIGN_APPROVALS_DESTRUCTIVE, approvalHours: found.COUNTERSIGN_APPROVAL_HOURS, writePauseSeconds: found.COUNTERSIGN_WRITE_PAUSE_SECONDS, rehearsalRequired: found.COUNTERSIGN_REHEARSAL_REQUIRED, teamRules: found.COUNTERSIGN_TEAM_RULES };
}

function backupOf(found: { COUNTERSIGN_BACKUP_DIR?: string | undefined; COUNTERSIGN_PG_BIN?: string | undefined; COUNTERSIGN_RESTORE_URL?: string | undefined }, source: Source): BackupEnv {
  const environment = Object.fromEntries(['PATH', 'HOME'].flatMap((name) => (source[name] === undefined ? [] : [[name, source[name] ?? '']])));
  return { directory: found.COUNTERSIGN_BACKUP_DIR ?? null, toolFolder: found.COUNTERSIGN_PG_BIN ?? null, restoreUrl: found.COUNTERSIGN_RESTORE_URL ?? null, environment };
}

function pacingOf(found: { COUNTERSIGN_MAX_REPLICA_LAG_SECONDS: number; COUNTERSIGN_MAX_WAL_MB_PER_SECOND: number; COUNTERSIGN_FUSE_SESSIONS: number; COUNTERSIGN_FUSE_SECONDS: number }): PacingEnv {
  return { lagSeconds: found.COUNTERSIGN_MAX_REPLICA_LAG_SECONDS, walBytesPerSecond: found.COUNTERSIGN_MAX_WAL_MB_PER_SECOND * 1_000_000, fuseSessions: found.COUNTERSIGN_FUSE_SESSIONS, fuseSeconds: found.COUNTERSIGN_FUSE_SECONDS };
}

function notifyOf(found: { COUNTERSIGN_WEBHOOK_KEY?: string | undefined; COUNTERSIGN_WEBHOOK_PRIVATE: string; COUNTERSIGN_SMTP_URL?: string | undefined; COUNTERSIGN_MAIL_FROM: string; NEXTAUTH_URL?: string | undefined }): NotifyEnv {
  return { webhookKey: found.COUNTERSIGN_WEBHOOK_KEY ?? null, privateTargets: found.COUNTERSIGN_WEBHOOK_PRIVATE === '1', smtpUrl: found.COUNTERSIGN_SMTP_URL ?? null, mailFrom: found.COUNTERSIGN_MAIL_FROM, address: found.NEXTAUTH_URL ?? null };
}

/** A name that is written wrongly would demand nothing, and nobody would notice. */
function refuseUndeclared(found: { COUNTERSIGN_DATABASES: readonly string[]; COUNTERSIGN_REHEARSAL_REQUIRED: readonly string[] } | null, wrong: string[]): void {
  const unknown = found?.COUNTERSIGN_REHEARSAL_REQUIRED.filter((name) => !found.COUNTERSIGN_DATABASES.includes(name)) ?? [];
  if (unknown.length > 0) wrong.push(`COUNTERSIGN_REHEARSAL_REQUIRED names ${unknown.join(', ')}, which COUNTERSIGN_DATABASES does not declare.`);
}

function migrationsOf(text: string): MigrationsConfig[] {
  return text.split(',').map((each) => each.trim()).filter((each) => each !== '').map((each) => {
    const at = each.indexOf('=');
    return { name: each.slice(0, Math.max(0, at)), path: each.slice(at + 1) };
  });
}

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}
