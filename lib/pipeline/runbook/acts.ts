// What of the prose of a runbook is something that a person does. A list of verbs is a plain rule that everybody can predict.

const VERBS = new Set(`abort add adjust alert analyze announce apply approve archive ask assign back backup begin block build cancel capture check clean clear clone close collect commit communicate compare complete
configure confirm connect contact copy create cut deactivate decide delete deploy disable disconnect document double-check download drain drop dump email enable ensure escalate estimate examine execute export fail fetch
find finish fix flip flush follow freeze generate get give grant halt hand identify import increase inform inspect install investigate invite invalidate keep kill launch leave let list lock log look lower maintain make mark measure
merge message migrate monitor move notify obtain observe open order page pause perform ping plan point post prepare promote provision publish pull purge push put raise read reboot rebuild record redeploy reduce refresh reindex
release reload remove rename repeat replace report request rerun reset restart restore resume review revoke rollback rotate run sample save scale schedule send set shut shutdown sign smoke snapshot spot-check
start stop submit switch sync tag tail take tell terminate test toggle track trigger turn unblock undo unlock unpause update upgrade upload use vacuum validate verify wait warm warn watch write`.split(/\s+/));

/** `Maintenance Mode: Put app in maintenance mode` in its two parts; an item without a label has only the second. */
export function labelled(text: string): { label: string; rest: string } {
  const plain = text.replace(/^[^\p{L}\p{N}`"'(]+/u, '').trim();
  const found = /^([^:.]{1,40}):\s+(\S.*)$/s.exec(plain);
  return found ? { label: found[1] ?? '', rest: found[2] ?? '' } : { label: '', rest: plain };
}

/** Whether somebody is told to do something: it begins with a verb, behind its label or in it. */
export function isAct(text: string): boolean {
  const { label, rest } = labelled(text);
  return begins(rest) || (label !== '' && begins(label));
}

function begins(text: string): boolean {
  if (/^(?:do not|don['’]t|never|always)\b/i.test(text)) return false;
  return VERBS.has((/^[A-Za-z-]+/.exec(text)?.[0] ?? '').toLowerCase());
}

/** `Take final backup`, `BACKUP PRODUCTION DATABASE`; not `Save the backup location`. */
export function isBackup(text: string): boolean {
  const { rest } = labelled(text);
  if (/\b(?:daten|datenbank)?sicherung\b.*\b(?:ziehen|erstellen|anlegen|machen)\b|\byede(?:k|ğini)\b.*\bal(?:ın|in)?\b/i.test(rest)) return true;
  return /^(?:(?:please|take|make|create|run|perform|do|an?|the|your|final|full|fresh|complete|current|production|prod|database|db)\s+)*back(?:[ -])?up\b(?!\s+(?:location|plan|strategy|file|script|of\s+(?:the\s+)?tables?|tables?)\b)/i.test(rest) && !/\bbacked up\b/i.test(rest);
}

/** `Run the SQL script above directly on production`: the place where an earlier passage is meant to be run. */
export function refersAbove(text: string): boolean {
  return /\b(?:run|execute|apply|paste)\b.*\b(?:sql|scripts?|statements?|quer(?:y|ies)|migrations?|commands?)\b.*\babove\b/i.test(text);
}

/** `Execute migration scripts`, `Run validation queries`: says again what other passages spell out. */
export function saysAgain(text: string): boolean {
  return /^(?:run|execute|apply)\s+(?:the\s+|all\s+)?(?:migration|validation|verification|sql)\s*(?:scripts?|quer(?:y|ies)|statements?|migrations?|steps?)?\.?$/i.test(labelled(text).rest);
}

/** `Run Drizzle migrations for …`: the name of the tool; null for anything else. */
export function migrationTool(text: string): string | null {
  if (!/\bmigrat(?:e|ions?)\b/i.test(text) || !/\b(?:run|apply|execute|deploy)\b/i.test(text)) return null;
  return /\b(drizzle|prisma|flyway|liquibase|knex|alembic|rails|django|typeorm|sequelize|dbmate|goose)\b/i.exec(text)?.[1] ?? null;
}

/** Words about what is kept for a while: old tables, backups. */
export function isAboutKept(text: string): boolean {
  return /\b(?:keep|retain|hold|clean(?:ing)?[ -]?up|drop|remove|delete)\b[^.\n]*\b(?:old|backups?|originals?|previous|legacy)\b/i.test(text);
}
