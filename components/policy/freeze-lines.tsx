'use client';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Choice, TextField } from '#components/ui/field.tsx';
import { localText } from '#components/ui/moment-field.tsx';
import { type Draft, nextKey } from './draft.ts';

type Freeze = Draft['freezes'][number];
const DAY_MS = 86_400_000;

/** Times in which nothing starts, one below the other, on the reader's own clock. */
export function FreezeLines({ freezes, databases, onChange }: { freezes: readonly Freeze[]; databases: readonly string[]; onChange: (freezes: readonly Freeze[]) => void }) {
  const add = () => {
    const from = new Date();
    from.setHours(from.getHours() + 1, 0, 0, 0);
    onChange([...freezes, { key: nextKey(freezes), from: from.toISOString(), to: new Date(from.getTime() + DAY_MS).toISOString(), why: '', databases: null }]);
  };
  return (
    <fieldset className="grid grid-cols-1 gap-3">
      <legend className="mb-1 font-medium">Freezes</legend>
      {freezes.length === 0 ? <p className="text-sm text-ink-muted">None. In a freeze nothing starts, whatever windows are open; rollbacks do.</p> : <p className="text-sm text-ink-muted">On your clock, {new Intl.DateTimeFormat().resolvedOptions().timeZone}.</p>}
      {freezes.map((freeze, index) => (
        <FreezeLine key={freeze.key} freeze={freeze} number={index + 1} databases={databases} onChange={(next) => onChange(freezes.map((other) => (other.key === freeze.key ? next : other)))} onRemove={() => onChange(freezes.filter((other) => other.key !== freeze.key))} />
      ))}
      <div>
        <Button size="sm" onClick={add}>
          Add a freeze
        </Button>
      </div>
    </fieldset>
  );
}

function FreezeLine({ freeze, number, databases, onChange, onRemove }: { freeze: Freeze; number: number; databases: readonly string[]; onChange: (freeze: Freeze) => void; onRemove: () => void }) {
  const names = [...new Set([...databases, ...(freeze.databases ?? [])])];
  const chosen = freeze.databases ?? [];
  return (
    <fieldset className="grid grid-cols-1 gap-2 border-l-2 border-line pl-3">
      <legend className="sr-only">Freeze {number}</legend>
      <div className="grid grid-cols-1 items-end gap-2 sm:grid-cols-2">
        <Moment label="From" iso={freeze.from} onChange={(from) => onChange({ ...freeze, from })} />
        <Moment label="To" iso={freeze.to} onChange={(to) => onChange({ ...freeze, to })} />
      </div>
      <TextField label="Why" required maxLength={300} autoComplete="off" value={freeze.why} onChange={(event) => onChange({ ...freeze, why: event.target.value })} hint="Whoever is refused reads it." />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Choice label="All databases" checked={freeze.databases === null} onChange={(event) => onChange({ ...freeze, databases: event.target.checked ? null : names })} />
        {freeze.databases === null ? null : names.map((name) => <Choice key={name} label={name} checked={chosen.includes(name)} onChange={(event) => onChange({ ...freeze, databases: event.target.checked ? [...chosen, name] : chosen.filter((other) => other !== name) })} />)}
        <Button look="quiet" size="sm" aria-label={`Take out freeze ${number}`} onClick={onRemove} className="ml-auto">
          Take out
        </Button>
      </div>
    </fieldset>
  );
}

/** Half a moment is typed in between: the text is kept as it is, and the last whole one counts until the next. */
function Moment({ label, iso, onChange }: { label: string; iso: string; onChange: (iso: string) => void }) {
  const [text, setText] = useState(() => localText(new Date(iso)));
  return (
    <TextField
      label={label}
      type="datetime-local"
      required
      step={60}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const at = new Date(event.target.value);
        if (!Number.isNaN(at.getTime())) onChange(at.toISOString());
      }}
    />
  );
}
