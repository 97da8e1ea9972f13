'use client';
import { ArrowRight, RefreshCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { Select } from '#components/ui/field.tsx';
import { readAgain } from '#lib/actions/compare.ts';
import type { CompareView } from './address.ts';
import { compareHref } from './address.ts';
import { useView } from './view.tsx';

/** Which two databases: the one that will change, and the one that it shall resemble. */
export function Sides({ databases, current, desired }: { databases: readonly string[]; current: string; desired: string }) {
  const router = useRouter();
  const { view } = useView();
  const go = (change: Partial<CompareView>) => router.push(compareHref(view, { ...change, object: null }));
  return (
    <div className="flex flex-wrap items-end gap-2">
      <SideSelect label="Current, will change" value={current} databases={databases} onChange={(name) => go(name === desired ? { current: desired, desired: current } : { current: name, desired })} />
      <ArrowRight size={16} aria-hidden="true" className="mb-2 text-ink-muted" />
      <SideSelect label="Desired" value={desired} databases={databases} onChange={(name) => go(name === current ? { current: desired, desired: current } : { current, desired: name })} />
    </div>
  );
}

function SideSelect({ label, value, databases, onChange }: { label: string; value: string; databases: readonly string[]; onChange: (name: string) => void }) {
  return (
    <Select label={<span className="font-sans text-xs font-normal text-ink-muted">{label}</span>} value={value} onChange={(event) => onChange(event.currentTarget.value)} className="font-mono">
      {databases.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </Select>
  );
}

export function ReadAgain({ current, desired }: { current: string; desired: string }) {
  return (
    <ActionForm action={readAgain} hidden={{ current, desired }}>
      <Submit look="plain" busy="Reading…">
        <RefreshCw size={14} aria-hidden="true" />
        Read again
      </Submit>
    </ActionForm>
  );
}
