'use client';
import { useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Choice, Select, TextField } from '#components/ui/field.tsx';
import { type Draft, nextKey } from './draft.ts';

type Window = Draft['windows'][number];
const DAYS = [[1, 'Mon'], [2, 'Tue'], [3, 'Wed'], [4, 'Thu'], [5, 'Fri'], [6, 'Sat'], [7, 'Sun']] as const;

/** Maintenance windows, one below the other. */
export function WindowLines({ windows, databases, onChange }: { windows: readonly Window[]; databases: readonly string[]; onChange: (windows: readonly Window[]) => void }) {
  const zones = useId();
  const add = () => {
    const last = windows.at(-1);
    const zone = last?.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
    onChange([...windows, { key: nextKey(windows), database: databases.find((name) => windows.every((window) => window.database !== name)) ?? databases[0] ?? '', days: [1, 2, 3, 4, 5], from: '22:00', to: '04:00', zone }]);
  };
  return (
    <fieldset className="grid grid-cols-1 gap-3">
      <legend className="mb-1 font-medium">Maintenance windows</legend>
      {windows.length === 0 ? <p className="text-sm text-ink-muted">None: phases may start at any time.</p> : null}
      {windows.map((window, index) => (
        <WindowLine key={window.key} window={window} number={index + 1} databases={databases} zones={zones} onChange={(next) => onChange(windows.map((other) => (other.key === window.key ? next : other)))} onRemove={() => onChange(windows.filter((other) => other.key !== window.key))} />
      ))}
      <div>
        <Button size="sm" onClick={add}>
          Add a window
        </Button>
      </div>
      <datalist id={zones}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </datalist>
    </fieldset>
  );
}

interface LineProps {
  window: Window;
  number: number;
  databases: readonly string[];
  zones: string;
  onChange: (window: Window) => void;
  onRemove: () => void;
}

function WindowLine({ window, number, databases, zones, onChange, onRemove }: LineProps) {
  // One that is not declared any more stays what it is until somebody takes it out.
  const names = databases.includes(window.database) ? databases : [...databases, window.database];
  return (
    <fieldset className="grid grid-cols-1 gap-2 border-l-2 border-line pl-3">
      <legend className="sr-only">Window {number}</legend>
      <div className="grid grid-cols-1 items-end gap-2 sm:grid-cols-[1fr_8.5rem_8.5rem]">
        <Select label="Database" value={window.database} onChange={(event) => onChange({ ...window, database: event.target.value })}>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
        <TextField label="Opens" type="time" required value={window.from} onChange={(event) => onChange({ ...window, from: event.target.value })} />
        <TextField label="Closes" type="time" required value={window.to} onChange={(event) => onChange({ ...window, to: event.target.value })} />
      </div>
      <div className="flex flex-wrap gap-x-3 gap-y-1">
        {DAYS.map(([day, name]) => (
          <Choice key={day} label={name} checked={window.days.includes(day)} onChange={(event) => onChange({ ...window, days: event.target.checked ? [...window.days, day] : window.days.filter((other) => other !== day) })} />
        ))}
      </div>
      <div className="flex items-start justify-between gap-2">
        <TextField label="Time zone" list={zones} required maxLength={60} autoComplete="off" className="w-full max-w-72" value={window.zone} onChange={(event) => onChange({ ...window, zone: event.target.value.trim() })} hint={window.to <= window.from ? 'It closes on the day after it opens.' : undefined} />
        <Button look="quiet" size="sm" aria-label={`Take out window ${number}`} onClick={onRemove} className="mt-7 shrink-0">
          Take out
        </Button>
      </div>
    </fieldset>
  );
}
