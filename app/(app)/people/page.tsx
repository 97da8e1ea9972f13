import type { Metadata } from 'next';
import { People } from '#components/people/people.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadPeople } from '#lib/dal/load-viewer.ts';

export const metadata: Metadata = { title: 'People' };

export default async function PeoplePage() {
  const viewer = await viewerAt('/people');
  const { people, roles } = await loadPeople();
  return <People people={people} roles={roles} viewer={viewer} />;
}
