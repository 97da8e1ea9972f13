/** Which database a passage is about: the target, another one, or it does not say. */
export type About = 'target' | 'other' | 'unsaid';

const WORDS: Readonly<Record<string, RegExp>> = {
  production: /(?:^|[^a-z])(?:prod|production|live)(?![a-z])/i,
  development: /(?:^|[^a-z])(?:dev|development)(?![a-z])/i,
  staging: /(?:^|[^a-z])(?:stage|staging|preprod|uat)(?![a-z])/i,
  replica: /(?:^|[^a-z])(?:replica|standby)(?![a-z])/i,
  local: /(?:^|[^a-z])(?:local|localhost)(?![a-z])/i,
};

function environmentsIn(text: string): string[] {
  return Object.entries(WORDS).flatMap(([environment, words]) => (words.test(text.replaceAll('_', ' ')) ? [environment] : []));
}

/** A target whose name says nothing is taken for production: that is what a runbook calls the database that matters. */
function environmentOf(target: string): string {
  return environmentsIn(target)[0] ?? 'production';
}

/** A connection as a command names it: `$PROD_DATABASE_URL`, `-d shop_dev`, `postgres://…/shop`. A plain `$DATABASE_URL` is the target. */
export function aboutConnection(text: string, target: string): About {
  const variable = /\$\{?([A-Za-z_]\w*)\}?/.exec(text)?.[1];
  const database = /(?:-d|--dbname)[ =]['"]?([\w-]+)/.exec(text)?.[1] ?? /\bpostgres(?:ql)?:\/\/[^\s/]+\/([\w-]+)/.exec(text)?.[1] ?? variable;
  if (database === undefined) return 'unsaid';
  if (database === target) return 'target';
  const named = environmentsIn(database);
  if (named.length > 0) return named.includes(environmentOf(target)) ? 'target' : 'other';
  if (variable === undefined) return 'other';
  return /^(?:DATABASE|DB|POSTGRES|PG|POSTGRESQL)?_?(?:URL|URI|DSN|CONN\w*|DATABASE|HOST)$/i.test(variable) || variable.toLowerCase().includes(target.toLowerCase()) ? 'target' : 'other';
}

/** A heading or a remark that says in which database something is to be done: `Fix the types in Dev`, `Development workflow`. */
export function aboutWords(text: string, target: string): About {
  const named = environmentsIn((/\b(?:in|on|for|from|against)\s+(?:the\s+)?[\w-]+(?:\s+(?:database|db|branch|environment|server))?\b|^[\W\d]*(?:dev|development|local|staging|prod|production)\b|\b(?:dev|development|staging|local|prod|production) (?:database|db)\b/gi.exec(text) ?? []).join(' '));
  if (named.length === 0) return 'unsaid';
  return named.includes(environmentOf(target)) ? 'target' : 'other';
}

/** A remark that says where a statement belongs; not one that tells where it was used. */
export function isForAnother(words: string, target: string): boolean {
  return aboutWords(words, target) === 'other' && !/\b(?:used|tested|ran|run already|worked|created|exists?|same|like|as)\b[^.]*\b(?:in|on)\b/i.test(words);
}
