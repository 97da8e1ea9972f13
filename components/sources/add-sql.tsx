'use client';
import { FileUp } from 'lucide-react';
import type { ChangeEvent } from 'react';
import { useId, useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, Select, TextArea, TextField } from '#components/ui/field.tsx';
import { addSource } from '#lib/actions/sources.ts';

/** An SQL text as one side: pasted, or from a file of the person's own machine. It is run on the scratch server, and kept. */
export function AddSql({ current, desired, databases }: { current: string; desired: string; databases: readonly string[] }) {
  const sheet = useSheet('compare-with-SQL');
  const [as, setAs] = useState<'current' | 'desired'>('desired');
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  return (
    <Dialog
      {...sheet}
      title="Compare with SQL"
      description="A draft, a dump (pg_dump -s) or one migration. It is run on the scratch server, read, and kept under its name."
      trigger={
        <Button look="quiet" size="sm" icon={<FileUp size={14} aria-hidden="true" />}>
          Compare with SQL…
        </Button>
      }
    >
      <ActionForm action={addSource} hidden={{ as, other: as === 'current' ? desired : current }} onDone={() => sheet.onOpenChange(false)} className="grid grid-cols-1 gap-4">
        <FileField
          onRead={(file, content) => {
            setName(file);
            setText(content);
          }}
        />
        <TextField name="name" label="Name" placeholder="draft.sql" value={name} onChange={(event) => setName(event.currentTarget.value)} required mono />
        <TextArea name="text" label="SQL" rows={10} value={text} onChange={(event) => setText(event.currentTarget.value)} required mono spellCheck={false} />
        <Select label="Run it" name="onto" hint="A text of ALTER TABLE statements changes what a database has: it is run on a copy of its schema, without rows.">
          <option value="">in an empty database</option>
          {databases.map((database) => (
            <option key={database} value={database}>{`on top of ${database}`}</option>
          ))}
        </Select>
        <fieldset className="grid gap-1">
          <legend className="mb-1 font-medium">It is</legend>
          <Choice type="radio" name="side" checked={as === 'desired'} onChange={() => setAs('desired')} label={<>what is wanted, beside {current}</>} />
          <Choice type="radio" name="side" checked={as === 'current'} onChange={() => setAs('current')} label={<>what is there, beside {desired}</>} />
        </fieldset>
        <div>
          <Submit busy="Running…">Compare</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

/** The file is read here, so that the person sees what will be sent. */
function FileField({ onRead }: { onRead: (name: string, content: string) => void }) {
  const id = useId();
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.currentTarget.files ?? [];
    if (file) onRead(file.name.replaceAll(/[^A-Za-z0-9._-]+/g, '-'), await file.text());
  };
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        File
      </label>
      <input id={id} type="file" accept=".sql,.txt,text/plain,application/sql" onChange={(event) => void read(event)} className="block w-full text-sm text-ink-muted file:mr-3 file:rounded-md file:border file:border-line-strong file:bg-surface file:px-3 file:py-1 file:text-ink" />
    </div>
  );
}
