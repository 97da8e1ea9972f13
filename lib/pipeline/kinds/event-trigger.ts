import { ident, literal } from '../ddl.ts';
import type { SchemaObject } from '../snapshot.ts';
import { definedKind } from './defined.ts';
import { listOf } from './relation.ts';
import { ENABLED_WORDS } from './trigger.ts';

export const eventTriggerKind = definedKind({
  kind: 'event_trigger',
  query: 'introspect/event_trigger_list',
  label: { one: 'event trigger', many: 'event triggers' },
  catalog: 'pg_event_trigger',
  stage: 'trigger',
  attributes: [{ name: 'event', label: 'event' }, { name: 'tags', label: 'tags', usual: [] }, { name: 'function', label: 'function' }, { name: 'enabled', label: 'enabled', usual: 'origin', remedy: 'altered' }],
  create: (object) => {
    const tags = listOf(object, 'tags');
    const when = tags.length > 0 ? ` WHEN TAG IN (${tags.map(literal).join(', ')})` : '';
    return [`CREATE EVENT TRIGGER ${ident(object.name)} ON ${String(object.attributes.event)}${when} EXECUTE FUNCTION ${String(object.attributes.function)}()`, ...(object.attributes.enabled === 'origin' ? [] : [enable(object)])];
  },
  alter: ({ desired }) => [enable(desired)],
});

function enable(object: SchemaObject): string {
  return `ALTER EVENT TRIGGER ${ident(object.name)} ${ENABLED_WORDS[String(object.attributes.enabled)] ?? 'ENABLE'}`;
}
