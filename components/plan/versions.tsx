'use client';
import { Link } from '#components/ui/link.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { Time } from '#components/ui/time.tsx';
import type { PlanDto } from '#lib/dal/dto/plan.ts';

/** Every save is a version; the drawer says who made it and why. */
export function Versions({ planId, version: current, versions, digest }: Pick<PlanDto, 'version' | 'versions' | 'digest'> & { planId: string }) {
  const sheet = useSheet('versions');
  return (
    <Dialog
      {...sheet}
      form="sheet"
      title="Versions"
      description="A version is never changed. An approval signs the phase as it stands in one."
      trigger={
        <button type="button" className="rounded underline decoration-line-strong underline-offset-2 hover:text-ink">
          version {current}
        </button>
      }
    >
      <ol className="grid">
        {versions.toReversed().map((version) => (
          <li key={version.version} className="border-b border-line py-2">
            <p className="flex flex-wrap justify-between gap-x-4">
              <span>
                <span className="font-medium">Version {version.version}</span>
                {version.version === current ? <span className="text-ink-muted"> · current</span> : null}
              </span>
              {version.version > 1 ? (
                <Link href={`/plans/${planId}/versions/${version.version}`} className="rounded text-sm underline decoration-line-strong underline-offset-2 hover:text-ink">
                  What changed<span className="sr-only"> in version {version.version}</span>
                </Link>
              ) : null}
            </p>
            <p className="text-sm text-ink-muted">
              {version.by} · <Time at={version.at} />
            </p>
            {version.reason ? <p className="mt-0.5">{version.reason}</p> : null}
          </li>
        ))}
      </ol>
      <p className="mt-4 text-sm text-ink-muted">
        Digest of version {current}
        <code className="mt-0.5 block font-mono text-xs break-all text-ink">{digest}</code>
      </p>
    </Dialog>
  );
}
