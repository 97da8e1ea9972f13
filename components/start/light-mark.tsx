import { StateShape } from '#components/ui/state-mark.tsx';
import { classes } from '#components/ui/classes.ts';
import type { StartReason } from '#lib/pipeline/start-light.ts';

type Light = StartReason['light'];

const INKS: Record<Light, string> = { green: 'text-green-ink', amber: 'text-orange-ink', red: 'text-red-ink', unknown: 'text-grey-ink' };

/** Green, amber, red or not known: as shape, word and colour. Amber is a triangle, because the arrow of the same colour says that the machine works. */
export function LightMark({ light, children, className }: { light: Light; children: React.ReactNode; className?: string | undefined }) {
  return (
    <span className={classes('inline-flex items-center gap-1.5 text-sm font-medium', INKS[light], className)}>
      <LightShape light={light} />
      {children}
    </span>
  );
}

export function LightShape({ light }: { light: Light }) {
  if (light === 'amber') {
    return (
      <svg viewBox="0 0 12 12" width={12} height={12} aria-hidden="true" className={classes('shrink-0', INKS.amber)}>
        <path d="M6 .8 11.6 11H.4z" fill="currentColor" />
        <path d="M6 4.3v3.2M6 8.9v.7" stroke="var(--surface)" strokeWidth="1.3" />
      </svg>
    );
  }
  return <StateShape tone={light === 'unknown' ? 'grey' : light} />;
}
