import { ident } from '../ddl.ts';
import { canonicalOrNull } from '../expression.ts';
import { objectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';
import { listOf, relationId, relationOf, textOf } from './relation.ts';

interface Row {
  schema: string;
  relation: string;
  relkind: string;
  name: string;
  permissive: boolean;
  command: string;
  roles: string[];
  using: string | null;
  check: string | null;
}

export const policyKind = defineKind<Row>({
  kind: 'policy',
  label: { one: 'policy', many: 'policies' },
  query: 'introspect/policy_list',
  catalog: 'pg_policy',
  attributes: [{ name: 'permissive', label: 'permissive', usual: true }, { name: 'command', label: 'for' }, { name: 'roles', label: 'to' }, { name: 'using', label: 'using' }, { name: 'check', label: 'with check' }],
  fromRow: (row) => ({
    id: objectId('policy', row.schema, row.relation, row.name), kind: 'policy', schema: row.schema, name: row.name, parent: relationId(row.relkind, row.schema, row.relation), position: null,
    attributes: { permissive: row.permissive, command: row.command, roles: row.roles.toSorted(), using: canonicalOrNull(row.using), check: canonicalOrNull(row.check) },
  }),
  address: (object) => `POLICY ${ident(object.name)} ON ${relationOf(object)}`,
  create: (object) => {
    const using = textOf(object, 'using');
    const check = textOf(object, 'check');
    const kind = object.attributes.permissive === true ? '' : ' AS RESTRICTIVE';
    return [{ stage: 'policy', sql: `CREATE POLICY ${ident(object.name)} ON ${relationOf(object)}${kind} FOR ${textOf(object, 'command')} TO ${listOf(object, 'roles').join(', ')}${using === null ? '' : ` USING (${using})`}${check === null ? '' : ` WITH CHECK (${check})`}` }];
  },
});
