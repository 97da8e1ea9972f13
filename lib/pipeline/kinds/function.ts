import { definedKind } from './defined.ts';
import { alterRoutine, ROUTINE_ATTRIBUTES } from './routine.ts';

export const functionKind = definedKind({
  kind: 'function',
  query: 'introspect/function_list',
  label: { one: 'function', many: 'functions' },
  catalog: 'pg_proc',
  stage: 'function',
  attributes: ROUTINE_ATTRIBUTES,
  nameIsSql: true,
  grantedAs: 'FUNCTION',
  create: (object) => String(object.attributes.definition).trimEnd(),
  alter: alterRoutine,
});
