import { ident } from '../ddl.ts';
import { canonicalExpression } from '../expression.ts';
import { type Attribute, objectId, type ObjectKind, type SchemaObject } from '../snapshot.ts';
import { type AttributeLabel, defineKind, type Kind, type Stage } from './kind.ts';

interface DefinedRow {
  /** Missing for what stands in no schema. */
  schema?: string;
  name: string;
  owner?: string;
}

interface Defined {
  kind: ObjectKind;
  query: string;
  label: { one: string; many: string };
  catalog: string;
  stage: Stage;
  attributes: readonly AttributeLabel[];
  create(object: SchemaObject): string | readonly string[];
  /** `name` is SQL already: `f(integer)`, `x USING btree`. Otherwise it is quoted. */
  nameIsSql?: true;
  address?(object: SchemaObject): string;
  alter?: Kind['alter'];
  disturbs?: Kind['disturbs'];
  grantedAs?: string;
  holdsData?: boolean;
}

/** A kind whose every column of the query besides name, schema and owner is an attribute of the same name. */
export function definedKind(spec: Defined): Kind {
  const name = (object: SchemaObject) => (spec.nameIsSql ? object.name : ident(object.name));
  return defineKind<DefinedRow>({
    kind: spec.kind,
    label: spec.label,
    query: spec.query,
    catalog: spec.catalog,
    attributes: spec.attributes,
    aside: ['owner'],
    grantedAs: spec.grantedAs ?? null,
    holdsData: spec.holdsData ?? false,
    fromRow: (row) => {
      const values = new Map(Object.entries(row));
      return {
        id: objectId(spec.kind, ...(row.schema === undefined ? [] : [row.schema]), row.name),
        kind: spec.kind,
        schema: row.schema ?? '',
        name: row.name,
        parent: null,
        position: null,
        attributes: Object.fromEntries(spec.attributes.map((attribute) => [attribute.name, canonical(values.get(attribute.name))])),
        ...(row.owner === undefined ? {} : { aside: { owner: row.owner } }),
      };
    },
    create: (object) => [spec.create(object)].flat().map((sql) => ({ stage: spec.stage, sql })),
    address: spec.address ?? ((object) => `${spec.kind.toUpperCase().replaceAll('_', ' ')} ${object.schema === '' ? '' : `${ident(object.schema)}.`}${name(object)}`),
    ...(spec.alter ? { alter: spec.alter } : {}),
    ...(spec.disturbs ? { disturbs: spec.disturbs } : {}),
  });
}

/** Definitions hold expressions: bodies of standard SQL, defaults of arguments. */
function canonical(value: Attribute | undefined): Attribute {
  return typeof value === 'string' ? canonicalExpression(value) : (value ?? null);
}
