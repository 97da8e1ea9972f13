import { redirect } from 'next/navigation';
import { loadViewer } from '#lib/dal/load-viewer.ts';
import type { PersonDto } from '#lib/dal/dto/people.ts';

/** Who looks, or the way to the sign-in page and back to here, or to where they choose a password of their own. The loaders check again by themselves. */
export async function viewerAt(path: string): Promise<PersonDto> {
  const viewer = (await loadViewer()) ?? redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  if (viewer.passwordTemporary && path !== '/account') redirect('/account');
  return viewer;
}
