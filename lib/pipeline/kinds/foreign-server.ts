import { ident, literal } from '../ddl.ts';
import { definedKind } from './defined.ts';
import { changedOptions, optionsClause } from './options.ts';
import { listOf, textOf } from './relation.ts';

export const foreignServerKind = definedKind({
  kind: 'foreign_server',
  query: 'introspect/foreign_server_list',
  label: { one: 'foreign server', many: 'foreign servers' },
  catalog: 'pg_foreign_server',
  stage: 'foreign',
  attributes: [
    { name: 'wrapper', label: 'wrapper', remedy: 'recreated' },
    { name: 'type', label: 'type', remedy: 'recreated' },
    { name: 'version', label: 'version', remedy: 'altered' },
    { name: 'options', label: 'options', usual: [], remedy: 'altered' },
  ],
  grantedAs: 'FOREIGN SERVER',
  address: (object) => `SERVER ${ident(object.name)}`,
  create: (object) => {
    const type = textOf(object, 'type');
    const version = textOf(object, 'version');
    return `CREATE SERVER ${ident(object.name)}${type === null ? '' : ` TYPE ${literal(type)}`}${version === null ? '' : ` VERSION ${literal(version)}`} FOREIGN DATA WRAPPER ${ident(String(object.attributes.wrapper))}${optionsClause(object)}`;
  },
  alter: ({ current, desired, names }) => {
    const version = textOf(desired, 'version');
    // No statement takes a version away.
    if (names.has('version') && version === null) return null;
    return [`ALTER SERVER ${ident(desired.name)}${names.has('version') ? ` VERSION ${literal(version ?? '')}` : ''}${names.has('options') ? ` ${changedOptions(listOf(current, 'options'), listOf(desired, 'options'))}` : ''}`];
  },
});
