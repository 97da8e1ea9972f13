import type { Metadata } from 'next';
import { compareHref, readAddress } from '#components/compare/address.ts';
import { coloured } from '#components/compare/coloured.ts';
import { Compare } from '#components/compare/compare.tsx';
import { ReadAgain, Sides } from '#components/compare/sides.tsx';
import { ViewProvider } from '#components/compare/view.tsx';
import { RefusedView } from '#components/refused-view.tsx';
import { askedAddress } from '#app/asked.ts';
import { questionOf } from '#app/compare-question.ts';
import { viewerAt } from '#app/viewer.ts';
import { loadCompare } from '#lib/dal/load-compare.ts';

export const metadata: Metadata = { title: 'Compare' };

export default async function ComparePage() {
  const asked = readAddress(await askedAddress());
  const viewer = await viewerAt(compareHref(asked));
  const mayAdd = viewer.roles.includes('author');
  const dto = await loadCompare(questionOf(asked));
  if ('refused' in dto) {
    return (
      <RefusedView title="These two cannot be compared now" dto={dto}>
        <ViewProvider current={dto.current} desired={dto.desired}>
          <div className="grid gap-4">
            <Sides sources={dto.sources} current={dto.current} desired={dto.desired} mayAdd={mayAdd} />
            <ReadAgain current={dto.current} desired={dto.desired} />
          </div>
        </ViewProvider>
      </RefusedView>
    );
  }
  return (
    <ViewProvider current={dto.current.name} desired={dto.desired.name}>
      <Compare asked={{ ...asked, current: dto.current.name, desired: dto.desired.name }} dto={dto} detail={dto.detail && (await coloured(dto.detail))} mayAuthor={mayAdd && dto.mayPlan} mayAdd={mayAdd} />
    </ViewProvider>
  );
}
