import { definedKind } from './defined.ts';
import { alterRoutine, ROUTINE_ATTRIBUTES } from './routine.ts';

export const procedureKind = definedKind({
  kind: 'procedure',
  query: 'introspect/procedure_list',
  label: { one: 'procedure', many: 'procedures' },
  catalog: 'pg_proc',
  stage: 'function',
  attributes: ROUTINE_ATTRIBUTES,
  nameIsSql: true,
  grantedAs: 'PROCEDURE',
  create: (object) => String(object.attributes.definition).trimEnd(),
  alter: alterRoutine,
});
