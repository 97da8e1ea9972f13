'use client';
import { useRouter } from 'next/navigation';
import { Button } from '#components/ui/button.tsx';
import { Select, TextField } from '#components/ui/field.tsx';
import type { LogView } from './address.ts';
import { actionWord, logHref } from './address.ts';

export function LogFilters({ view, actors, actions }: { view: LogView; actors: readonly string[]; actions: readonly string[] }) {
  const router = useRouter();
  const go = (change: Partial<LogView>) => router.push(logHref(view, change));
  const filtered = view.actor !== null || view.action !== null || view.plan !== null || view.since !== null;
  return (
    <search className="flex flex-wrap items-end gap-3 max-sm:grid max-sm:grid-cols-2">
      <Select label="Who" data-search="" value={view.actor ?? ''} onChange={(event) => go({ actor: event.currentTarget.value || null })} className="sm:w-60">
        <option value="">everyone</option>
        {actors.map((actor) => (
          <option key={actor}>{actor}</option>
        ))}
      </Select>
      <Select label="What" value={view.action ?? ''} onChange={(event) => go({ action: event.currentTarget.value || null })} className="sm:w-52">
        <option value="">everything</option>
        {actions.map((action) => (
          <option key={action} value={action}>
            {actionWord(action)}
          </option>
        ))}
      </Select>
      <TextField label="Since" type="date" value={view.since ?? ''} onChange={(event) => go({ since: event.currentTarget.value || null })} className="sm:w-40" />
      {view.plan ? <p className="pb-1.5 text-sm text-ink-muted">of one plan</p> : null}
      {filtered ? (
        <Button look="quiet" onClick={() => router.push('/log')}>
          Show all
        </Button>
      ) : null}
    </search>
  );
}
