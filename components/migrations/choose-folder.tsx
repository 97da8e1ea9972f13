'use client';
import { useRouter } from 'next/navigation';
import { Select } from '#components/ui/field.tsx';
import type { MigrationsDto } from '#lib/dal/load-migrations.ts';

/** Which folder against which database; both stand in the address. */
export function ChooseFolder({ folders, databases, folder, target }: Pick<MigrationsDto, 'folders' | 'databases'> & { folder: string; target: string }) {
  const router = useRouter();
  const go = (change: { folder?: string; target?: string }) => router.push(`/plans/folder?${new URLSearchParams({ folder, target, ...change }).toString()}`);
  return (
    <div className="mb-6 grid max-w-2xl gap-4 sm:grid-cols-2">
      <Select label="Folder" value={folder} onChange={(event) => go({ folder: event.currentTarget.value })}>
        <Options names={folders} value={folder} />
      </Select>
      <Select label="Changes" value={target} onChange={(event) => go({ target: event.currentTarget.value })}>
        <Options names={databases} value={target} />
      </Select>
    </div>
  );
}

function Options({ names, value }: { names: readonly string[]; value: string }) {
  return [...(names.includes(value) ? [] : [value]), ...names].map((name) => (
    <option key={name} value={name}>
      {name}
    </option>
  ));
}
