import { ident } from '../ddl.ts';
import { objectId } from '../snapshot.ts';
import { defineKind } from './kind.ts';

interface Row {
  name: string;
  publications: string[];
  slot: string | null;
  settings: string[];
  owner: string;
}

/** Its connection holds a password and is never read; whoever makes, changes or drops one speaks with the server at the other end, so that no script does it. */
export const subscriptionKind = defineKind<Row>({
  kind: 'subscription',
  label: { one: 'subscription', many: 'subscriptions' },
  query: 'introspect/subscription_list',
  catalog: 'pg_subscription',
  attributes: [
    { name: 'publications', label: 'publications', remedy: 'refused' },
    { name: 'slot', label: 'replication slot', remedy: 'refused' },
    { name: 'settings', label: 'settings', usual: [], remedy: 'refused' },
  ],
  aside: ['owner'],
  fromRow: ({ name, publications, slot, settings, owner }) => ({ id: objectId('subscription', name), kind: 'subscription', schema: '', name, parent: null, position: null, attributes: { publications, slot, settings }, aside: { owner } }),
  address: (object) => `SUBSCRIPTION ${ident(object.name)}`,
  create: () => [],
  drop: () => [],
});
