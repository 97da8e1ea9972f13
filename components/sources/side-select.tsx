'use client';
import { Select } from '#components/ui/field.tsx';
import type { SourcesDto } from '#lib/dal/dto/compare.ts';

/** Which side of a comparison: a database as it is, a database as it was, an SQL text, or a folder of migrations. */
export function SideSelect({ label, value, sources, onChange }: { label: string; value: string; sources: SourcesDto; onChange: (name: string) => void }) {
  const earlier = Map.groupBy(sources.earlier, (each) => each.database);
  const known = [...sources.databases, ...sources.earlier.map(({ name }) => name), ...sources.texts.map(({ name }) => name), ...sources.folders];
  return (
    <Select label={<span className="font-sans text-xs font-normal text-ink-muted">{label}</span>} value={value} onChange={(event) => onChange(event.currentTarget.value)} className="min-w-0 font-mono">
      {known.includes(value) ? null : <option value={value}>{value}</option>}
      <Group label="Databases" names={sources.databases} />
      <Group label="Migrations" names={sources.folders} />
      <Group label="SQL" names={sources.texts.map(({ name }) => name)} shown={(name) => sideName(name, sources)} />
      {[...earlier].map(([database, list]) => (
        <Group key={database} label={`${database} as it was`} names={list.map(({ name }) => name)} />
      ))}
    </Select>
  );
}

/** A text that only changes a database is told with it. */
function sideName(name: string, sources: SourcesDto): string {
  const onto = sources.texts.find((text) => text.name === name)?.onto;
  return onto ? `${name} on top of ${onto}` : name;
}

function Group({ label, names, shown = (name) => name }: { label: string; names: readonly string[]; shown?: (name: string) => string }) {
  if (names.length === 0) return null;
  return (
    <optgroup label={label}>
      {names.map((name) => (
        <option key={name} value={name}>
          {shown(name)}
        </option>
      ))}
    </optgroup>
  );
}
