import type { Metadata } from 'next';
import { Compare } from '#components/compare/compare.tsx';
import { compareHref, readCompareView } from '#components/compare/address.ts';
import { ReadAgain, Sides } from '#components/compare/sides.tsx';
import { RefusedView } from '#components/refused-view.tsx';
import { viewerAt } from '#app/viewer.ts';
import { loadCompare } from '#lib/dal/load-compare.ts';

export const metadata: Metadata = { title: 'Compare' };

export default async function ComparePage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const asked = readCompareView(await searchParams);
  const viewer = await viewerAt(compareHref(asked));
  const dto = await loadCompare({ current: asked.current ?? undefined, desired: asked.desired ?? undefined, object: asked.object ?? undefined, noise: asked.noise });
  if ('refused' in dto) {
    const view = { ...asked, current: dto.current, desired: dto.desired };
    return (
      <RefusedView title="The two databases cannot be compared now" dto={dto}>
        <div className="flex flex-wrap items-end gap-3">
          <Sides databases={dto.databases} current={dto.current} desired={dto.desired} view={view} />
          <ReadAgain current={dto.current} desired={dto.desired} />
        </div>
      </RefusedView>
    );
  }
  return <Compare dto={dto} view={{ ...asked, current: dto.current.name, desired: dto.desired.name }} mayAuthor={viewer.roles.includes('author')} />;
}
