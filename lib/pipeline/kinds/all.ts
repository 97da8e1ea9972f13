import { OBJECT_KINDS, type ObjectKind } from '../snapshot.ts';
import { accessMethodKind } from './access-method.ts';
import { aggregateKind } from './aggregate.ts';
import { baseTypeKind } from './base-type.ts';
import { castKind } from './cast.ts';
import { collationKind } from './collation.ts';
import { columnKind } from './column.ts';
import { commentKind } from './comment.ts';
import { compositeTypeKind } from './composite-type.ts';
import { constraintKind } from './constraint.ts';
import { conversionKind } from './conversion.ts';
import { defaultPrivilegesKind } from './default-privileges.ts';
import { domainKind } from './domain.ts';
import { enumKind } from './enum.ts';
import { eventTriggerKind } from './event-trigger.ts';
import { extensionKind } from './extension.ts';
import { extensionTieKind } from './extension-tie.ts';
import { foreignDataWrapperKind } from './foreign-data-wrapper.ts';
import { foreignServerKind } from './foreign-server.ts';
import { foreignTableKind } from './foreign-table.ts';
import { functionKind } from './function.ts';
import { grantKind } from './grant.ts';
import type { Kind } from './kind.ts';
import { languageKind } from './language.ts';
import { materializedViewKind } from './materialized-view.ts';
import { operatorClassKind } from './operator-class.ts';
import { operatorFamilyKind } from './operator-family.ts';
import { operatorKind } from './operator.ts';
import { placementKind } from './placement.ts';
import { policyKind } from './policy.ts';
import { procedureKind } from './procedure.ts';
import { publicationKind } from './publication.ts';
import { rangeTypeKind } from './range-type.ts';
import { ruleKind } from './rule.ts';
import { schemaKind } from './schema.ts';
import { securityLabelKind } from './security-label.ts';
import { sequenceKind } from './sequence.ts';
import { statisticsKind } from './statistics.ts';
import { subscriptionKind } from './subscription.ts';
import { tableKind } from './table.ts';
import { indexKind } from './table-index.ts';
import { textSearchConfigurationKind } from './text-search-configuration.ts';
import { textSearchDictionaryKind } from './text-search-dictionary.ts';
import { textSearchParserKind } from './text-search-parser.ts';
import { textSearchTemplateKind } from './text-search-template.ts';
import { transformKind } from './transform.ts';
import { triggerKind } from './trigger.ts';
import { userMappingKind } from './user-mapping.ts';
import { viewKind } from './view.ts';

/** Every kind that is compared: by name, so that a kind without a file does not compile. */
const BY_NAME: Readonly<Record<ObjectKind, Kind>> = {
  schema: schemaKind,
  extension: extensionKind,
  language: languageKind,
  access_method: accessMethodKind,
  base_type: baseTypeKind,
  enum: enumKind,
  domain: domainKind,
  composite_type: compositeTypeKind,
  range_type: rangeTypeKind,
  collation: collationKind,
  sequence: sequenceKind,
  table: tableKind,
  foreign_table: foreignTableKind,
  column: columnKind,
  constraint: constraintKind,
  index: indexKind,
  statistics: statisticsKind,
  view: viewKind,
  materialized_view: materializedViewKind,
  trigger: triggerKind,
  rule: ruleKind,
  policy: policyKind,
  function: functionKind,
  procedure: procedureKind,
  aggregate: aggregateKind,
  operator: operatorKind,
  operator_family: operatorFamilyKind,
  operator_class: operatorClassKind,
  cast: castKind,
  transform: transformKind,
  conversion: conversionKind,
  text_search_parser: textSearchParserKind,
  text_search_template: textSearchTemplateKind,
  text_search_dictionary: textSearchDictionaryKind,
  text_search_configuration: textSearchConfigurationKind,
  foreign_data_wrapper: foreignDataWrapperKind,
  foreign_server: foreignServerKind,
  user_mapping: userMappingKind,
  event_trigger: eventTriggerKind,
  publication: publicationKind,
  subscription: subscriptionKind,
  default_privileges: defaultPrivilegesKind,
  grant: grantKind,
  comment: commentKind,
  security_label: securityLabelKind,
  extension_tie: extensionTieKind,
  placement: placementKind,
};

/** Kinds that stand beside the schema: in no fingerprint, compared when asked (Snapshot.satellites). */
const SATELLITES: ReadonlySet<ObjectKind> = new Set(['default_privileges', 'grant', 'comment', 'security_label', 'extension_tie', 'placement']);

/** In the order in which a person reads them. */
export const KINDS: readonly Kind[] = OBJECT_KINDS.map((kind) => BY_NAME[kind]);

export function kindOf(kind: ObjectKind): Kind {
  return BY_NAME[kind];
}

export function isSatellite(kind: ObjectKind): boolean {
  return SATELLITES.has(kind);
}

/** `table` or `tables`. */
export function kindLabel(kind: ObjectKind, count: number): string {
  return count === 1 ? BY_NAME[kind].label.one : BY_NAME[kind].label.many;
}

/** Whether an attribute says something by itself; the others follow from it. */
export function isSpoken(kind: ObjectKind, name: string): boolean {
  return BY_NAME[kind].attributes.find((attribute) => attribute.name === name)?.derived !== true;
}

/** `may be null` for a column's `nullable`; the name itself for an attribute of a newer version. */
export function attributeLabel(kind: ObjectKind, name: string): string {
  return BY_NAME[kind].attributes.find((attribute) => attribute.name === name)?.label ?? name;
}
