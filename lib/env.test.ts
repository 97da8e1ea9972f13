import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EnvironmentError, migrateEnv, webEnv, withoutOperators, workerEnv } from './env.ts';

const good = {
  CONTROL_DATABASE_URL: 'postgres://app:x@localhost/countersign',
  NEXTAUTH_SECRET: 'x'.repeat(32),
  NEXTAUTH_URL: 'http://localhost:3000',
  COUNTERSIGN_DATABASES: 'bazaar_prod, bazaar_dev',
  BAZAAR_PROD_READER_URL: 'postgres://reader:x@localhost/prod',
  BAZAAR_PROD_OPERATOR_URL: 'postgres://operator:x@localhost/prod',
  BAZAAR_PROD_ENVIRONMENT: 'production',
  BAZAAR_DEV_READER_URL: 'postgres://reader:x@localhost/dev',
  BAZAAR_DEV_ENVIRONMENT: 'development',
};

function sentencesOf(use: () => unknown): readonly string[] {
  try {
    use();
  } catch (error) {
    if (error instanceof EnvironmentError) return error.sentences;
    throw error;
  }
  return [];
}

describe('the web process', () => {
  test('gets defaults where nothing is said', () => {
    expect(webEnv(good)).toMatchObject({ host: '127.0.0.1', port: 3000, demo: false, oidc: null, policy: { approvals: 1, approvalsDestructive: 1, approvalHours: 72, writePauseSeconds: 5, rehearsalRequired: [], teamRules: [] } });
    expect(webEnv({ ...good, COUNTERSIGN_REHEARSAL_REQUIRED: 'bazaar_prod' }).policy.rehearsalRequired).toEqual(['bazaar_prod']);
  });

  test('knows the size of a database’s volume only where somebody said it', () => {
    expect(webEnv({ ...good, BAZAAR_PROD_VOLUME_GB: '200' }).databases.map((database) => database.volumeBytes)).toEqual([200e9, undefined]);
    expect(sentencesOf(() => webEnv({ ...good, BAZAAR_PROD_VOLUME_GB: '0' }))).toEqual(['BAZAAR_PROD_VOLUME_GB must be a whole number of gigabytes from 1 to 9999999.']);
  });

  test('is told the name of the operator’s role, which is signed, and nothing else of the operator', () => {
    expect(webEnv({ ...good, BAZAAR_PROD_OPERATOR_ROLE: 'bazaar_operator' }).databases.map((database) => [database.operatorRole, database.operatorUrl])).toEqual([['bazaar_operator', null], [undefined, null]]);
  });

  test('never sees an operator credential, even when one is set', () => {
    expect(webEnv(good).databases.map((database) => database.operatorUrl)).toEqual([null, null]);
    expect(Object.keys(withoutOperators({ ...good, CONTROL_OWNER_URL: 'x' }))).not.toContain('BAZAAR_PROD_OPERATOR_URL');
    expect(withoutOperators({ ...good, CONTROL_OWNER_URL: 'x' })).not.toHaveProperty('CONTROL_OWNER_URL');
    expect(withoutOperators({ ...good, COUNTERSIGN_REHEARSAL_URL: 'x' })).not.toHaveProperty('COUNTERSIGN_REHEARSAL_URL');
  });

  test.each([
    ['CONTROL_DATABASE_URL', 'mysql://x', 'CONTROL_DATABASE_URL must be a URL such as postgres://user:password@host:5432/database.'],
    ['CONTROL_DATABASE_URL', undefined, 'CONTROL_DATABASE_URL is not set; it is needed.'],
    ['NEXTAUTH_SECRET', 'short', 'NEXTAUTH_SECRET must have at least 32 characters, because it signs every session (try: openssl rand -base64 32).'],
    ['NEXTAUTH_URL', 'localhost:3000', 'NEXTAUTH_URL must be a URL that starts with http:// or https://.'],
    ['COUNTERSIGN_DATABASES', 'Prod', 'COUNTERSIGN_DATABASES must be a list of names in lower case (letters, digits, _), separated by commas.'],
    ['COUNTERSIGN_DATABASES', 'a,a', 'COUNTERSIGN_DATABASES names a database twice.'],
    ['BAZAAR_PROD_READER_URL', '', 'BAZAAR_PROD_READER_URL is not set; it is needed.'],
    ['BAZAAR_DEV_ENVIRONMENT', undefined, 'BAZAAR_DEV_ENVIRONMENT is not set; it says what bazaar_dev is, for example production.'],
    ['COUNTERSIGN_APPROVALS', '0', 'COUNTERSIGN_APPROVALS must be a whole number from 1 to 10.'],
    ['COUNTERSIGN_TEAM_RULES', 'backup_first, be_careful', 'COUNTERSIGN_TEAM_RULES must list any of no_alter_existing, backup_first, nullable_first.'],
    ['COUNTERSIGN_REHEARSAL_REQUIRED', 'bazaar_prod, bazar_dev', 'COUNTERSIGN_REHEARSAL_REQUIRED names bazar_dev, which COUNTERSIGN_DATABASES does not declare.'],
    ['PORT', '70000', 'PORT must be a whole number from 1 to 65535.'],
    ['COUNTERSIGN_DEMO', 'yes', 'COUNTERSIGN_DEMO must be 0 or 1.'],
    ['OIDC_ISSUER', 'https://id.example', 'OIDC_CLIENT_ID is not set; sign-in by OpenID Connect needs OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET together.'],
  ])('is stopped by %s = %s with a sentence that says which and why', (name, value, sentence) => {
    expect(sentencesOf(() => webEnv({ ...good, [name]: value }))).toContain(sentence);
  });

  test('is told of every wrong variable at once', () => {
    expect(sentencesOf(() => webEnv({ ...good, PORT: 'x', NEXTAUTH_URL: 'x' }))).toHaveLength(2);
  });
});

describe('the worker', () => {
  test('has the operator credential where one is set, and null where none is', () => {
    expect(workerEnv(good).databases.map((database) => database.operatorUrl)).toEqual(['postgres://operator:x@localhost/prod', null]);
  });

  test('is stopped by a malformed operator credential', () => {
    expect(sentencesOf(() => workerEnv({ ...good, BAZAAR_DEV_OPERATOR_URL: 'x' }))).toEqual(['BAZAAR_DEV_OPERATOR_URL must be a URL such as postgres://user:password@host:5432/database.']);
  });
});

test('the control database is not migrated by the role that uses it', () => {
  expect(sentencesOf(() => migrateEnv({ ...good, CONTROL_OWNER_URL: good.CONTROL_DATABASE_URL }))[0]).toContain('must be another role');
});

test('a shell loads every line of .env.example, as the README has it', () => {
  const file = new URL('../.env.example', import.meta.url).pathname;
  const wanted = [...readFileSync(file, 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gmu)].map(([, name = '', value = '']) => [name, value]);
  const { stdout, stderr } = spawnSync('sh', ['-c', 'set -a; . "$1"; env', 'sh', file], { encoding: 'utf8', env: { NODE_ENV: 'test' } });
  const loaded = new Map(stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  expect(stderr).toBe('');
  expect(wanted.length).toBeGreaterThan(40);
  expect(wanted.filter(([name, value]) => name !== undefined && loaded.get(name) !== value)).toEqual([]);
});
