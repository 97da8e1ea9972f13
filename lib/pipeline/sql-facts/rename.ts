import { ident, qualified } from '../ddl.ts';
import type { LockMode } from '../hazards.ts';
import { claim, type Effect, hazard, holdUp, type Reader } from './effect.ts';
import { listAt, type Node, relationAt, textAt, words, wordsOf, wrapped } from './tree.ts';
import { typeText } from './type-text.ts';

/** How a relation is named in ALTER, by what is renamed or moved. */
const WORD: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'TABLE', OBJECT_VIEW: 'VIEW', OBJECT_MATVIEW: 'MATERIALIZED VIEW', OBJECT_FOREIGN_TABLE: 'FOREIGN TABLE', OBJECT_SEQUENCE: 'SEQUENCE', OBJECT_INDEX: 'INDEX',
  OBJECT_TYPE: 'TYPE', OBJECT_DOMAIN: 'DOMAIN', OBJECT_COLLATION: 'COLLATION', OBJECT_STATISTIC_EXT: 'STATISTICS', OBJECT_FUNCTION: 'FUNCTION', OBJECT_PROCEDURE: 'PROCEDURE', OBJECT_AGGREGATE: 'AGGREGATE',
};
const INSIDE: Readonly<Record<string, string>> = { OBJECT_COLUMN: 'COLUMN', OBJECT_ATTRIBUTE: 'ATTRIBUTE', OBJECT_TABCONSTRAINT: 'CONSTRAINT' };
const BESIDE: Readonly<Record<string, string>> = { OBJECT_TRIGGER: 'TRIGGER', OBJECT_POLICY: 'POLICY', OBJECT_RULE: 'RULE' };
const READ_BY_NAME = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_COLUMN']);

/** ALTER … RENAME: no row is read, and whoever uses the old name fails from the next statement on. */
export function rename(node: Node, reader: Reader): Effect {
  const type = String(node.renameType);
  const from = textAt(node, 'subname');
  const to = textAt(node, 'newname') ?? '?';
  const relation = relationAt(node, 'relation', reader.resolve);
  if (!relation) return { inverse: renameOthers(node, type, from, to, reader) };
  const index = type === 'OBJECT_INDEX';
  const mode: LockMode = index ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  const old = from ?? relation.name;
  return {
    // An index's own lock keeps nobody from the table.
    locks: index ? [] : claim(mode, relation),
    tables: index ? [] : [relation],
    hazards: READ_BY_NAME.has(type) ? [hazard('BLOCKS_READS_AND_WRITES', `Whoever asks for ${from === null ? old : `${relation.name}.${old}`} by its old name fails from then on; the statement itself takes a moment, once the lock is had.`)] : index ? [] : holdUp(mode, relation, 'moment'),
    inverse: node.missing_ok === true ? null : renameBack(type, String(node.relationType), relation, from, to),
  };
}

function renameBack(type: string, relationType: string, relation: { schema: string; name: string }, from: string | null, to: string): string | null {
  const beside = BESIDE[type];
  if (beside && from !== null) return `ALTER ${beside} ${ident(to)} ON ${qualified(relation)} RENAME TO ${ident(from)}`;
  const inside = INSIDE[type];
  if (inside && from !== null) return `ALTER ${type === 'OBJECT_ATTRIBUTE' ? 'TYPE' : (WORD[relationType] ?? 'TABLE')} ${qualified(relation)} RENAME ${inside} ${ident(to)} TO ${ident(from)}`;
  const word = WORD[type];
  return word ? `ALTER ${word} ${qualified({ schema: relation.schema, name: to })} RENAME TO ${ident(relation.name)}` : null;
}

function renameOthers(node: Node, type: string, from: string | null, to: string, reader: Reader): string | null {
  if (type === 'OBJECT_SCHEMA' && from !== null) return `ALTER SCHEMA ${ident(to)} RENAME TO ${ident(from)}`;
  const routine = wrapped(node.object, 'ObjectWithArgs');
  const name = reader.resolve(routine ? words(listAt(routine, 'objname')) : wordsOf(node.object));
  const word = WORD[type];
  if (!name) return null;
  if (type === 'OBJECT_DOMCONSTRAINT' && from !== null) return `ALTER DOMAIN ${qualified(name)} RENAME CONSTRAINT ${ident(to)} TO ${ident(from)}`;
  if (!word) return null;
  const args = routine ? argumentsOf(routine) : '';
  return args === null ? null : `ALTER ${word} ${qualified({ schema: name.schema, name: to })}${args} RENAME TO ${ident(name.name)}`;
}

/** ALTER … SET SCHEMA. */
export function setSchema(node: Node, reader: Reader): Effect {
  const type = String(node.objectType);
  const relation = relationAt(node, 'relation', reader.resolve);
  const to = textAt(node, 'newschema') ?? '?';
  const routine = wrapped(node.object, 'ObjectWithArgs');
  const name = relation ?? reader.resolve(routine ? words(listAt(routine, 'objname')) : wordsOf(node.object));
  const word = WORD[type];
  const args = routine ? argumentsOf(routine) : '';
  const back = name && word && args !== null && node.missing_ok !== true ? `ALTER ${word} ${qualified({ schema: to, name: name.name })}${args} SET SCHEMA ${ident(name.schema)}` : null;
  if (!relation) return { inverse: back };
  return { locks: claim('ACCESS EXCLUSIVE', relation), tables: [relation], hazards: [hazard('BLOCKS_READS_AND_WRITES', `Whoever asks for ${relation.name} where it was fails from then on.`)], inverse: back };
}

function argumentsOf(routine: Node): string | null {
  return routine.args_unspecified === true ? null : `(${listAt(routine, 'objargs').map((each) => typeText(wrapped(each, 'TypeName') ?? {})).join(', ')})`;
}
