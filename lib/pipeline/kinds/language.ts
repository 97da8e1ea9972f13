import { ident } from '../ddl.ts';
import { definedKind } from './defined.ts';

export const languageKind = definedKind({
  kind: 'language',
  query: 'introspect/language_list',
  label: { one: 'language', many: 'languages' },
  catalog: 'pg_language',
  stage: 'language',
  attributes: [{ name: 'definition', label: 'definition' }, { name: 'trusted', label: 'trusted' }],
  grantedAs: 'LANGUAGE',
  create: (object) => `CREATE ${String(object.attributes.trusted)}LANGUAGE ${ident(object.name)} ${String(object.attributes.definition)}`,
});
