import { ident } from '../ddl.ts';
import { canonicalExpression } from '../expression.ts';
import { objectId, type SchemaObject } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { relationId, relationOf } from './relation.ts';
import { ENABLED_WORDS } from './trigger.ts';

interface Row {
  schema: string;
  relation: string;
  relkind: string;
  name: string;
  definition: string;
  enabled: string;
}

export const ruleKind = defineKind<Row>({
  kind: 'rule',
  label: { one: 'rule', many: 'rules' },
  query: 'introspect/rule_list',
  catalog: 'pg_rewrite',
  attributes: [{ name: 'definition', label: 'definition' }, { name: 'enabled', label: 'enabled', usual: 'origin', remedy: 'altered' }],
  fromRow: ({ schema, relation, relkind, name, definition, enabled }) => ({
    id: objectId('rule', schema, relation, name), kind: 'rule', schema, name, parent: relationId(relkind, schema, relation), position: null,
    attributes: { definition: canonicalExpression(definition.replace(/;$/, '')), enabled },
  }),
  address: (object) => `RULE ${ident(object.name)} ON ${relationOf(object)}`,
  create: (object) => [...made(object).map((sql) => ({ stage: 'rule' as const, sql })), ...(object.attributes.enabled === 'origin' ? [] : [{ stage: 'setting' as const, sql: enable(object) }])],
  alter: ({ desired }) => [enable(desired)],
});

/** Only the rule that makes a view is made under this name, but any is renamed to it. */
const OF_VIEWS = '_RETURN';

function made(object: SchemaObject): string[] {
  const definition = String(object.attributes.definition);
  if (object.name !== OF_VIEWS) return [definition];
  const passing = ident(`${OF_VIEWS}_`);
  return [definition.replace(`CREATE RULE ${ident(OF_VIEWS)} AS`, `CREATE RULE ${passing} AS`), `ALTER RULE ${passing} ON ${relationOf(object)} RENAME TO ${ident(OF_VIEWS)}`];
}

function enable(object: SchemaObject): string {
  return `ALTER TABLE ${relationOf(object)} ${ENABLED_WORDS[String(object.attributes.enabled)] ?? 'ENABLE'} RULE ${ident(object.name)}`;
}
