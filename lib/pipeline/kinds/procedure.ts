import { ident } from '../ddl.ts';
import { definedKind } from './defined.ts';
import type { Kind } from './kind.ts';
import { alterRoutine, ROUTINE_ATTRIBUTES } from './routine.ts';

const kind = definedKind({
  kind: 'procedure',
  query: 'introspect/procedure_list',
  label: { one: 'procedure', many: 'procedures' },
  catalog: 'pg_proc',
  stage: 'function',
  attributes: ROUTINE_ATTRIBUTES,
  nameIsSql: true,
  // Where two procedures could be meant by the types, it is said that they are inputs.
  address: (object) => `PROCEDURE ${ident(object.schema)}.${typeof object.aside?.toldApart === 'string' ? object.aside.toldApart : object.name}`,
  grantedAs: 'PROCEDURE',
  create: (object) => String(object.attributes.definition).trimEnd(),
  alter: alterRoutine,
});

export const procedureKind: Kind = {
  ...kind,
  fromRow: (row) => {
    const [object, { told_apart: toldApart }] = [kind.fromRow(row), row as { told_apart?: string | null }];
    return typeof toldApart === 'string' ? { ...object, aside: { ...object.aside, toldApart } } : object;
  },
};
