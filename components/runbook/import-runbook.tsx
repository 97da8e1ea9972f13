'use client';
import type { ChangeEvent } from 'react';
import { useId, useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { Select, TextArea, TextField } from '#components/ui/field.tsx';
import { UnderWay } from '#components/under-way.tsx';
import { importRunbook } from '#lib/actions/runbooks.ts';
import type { TargetsDto } from '#lib/dal/load-targets.ts';

/** A Markdown runbook, pasted or from a file of the person's own machine, and what it is to change. */
export function ImportRunbook({ databases }: { databases: TargetsDto['databases'] }) {
  const [target, setTarget] = useState(databases[0]?.name ?? '');
  const [desired, setDesired] = useState(databases[1]?.name ?? '');
  const [name, setName] = useState('');
  const [textName, setTextName] = useState('');
  const [text, setText] = useState('');
  const read = (file: string, content: string) => {
    setTextName(file);
    setText(content);
    setName((given) => (given === '' ? titleOf(content, file) : given));
  };
  return (
    <ActionForm action={importRunbook} hidden={{ textName }} label="Plan from a runbook" className="grid max-w-5xl gap-4">
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        <Select name="target" label="Changes" value={target} onChange={(event) => setTarget(event.currentTarget.value)}>
          {databases.map((database) => (
            <option key={database.name} value={database.name}>
              {database.name}
            </option>
          ))}
        </Select>
        <Select name="desired" label="To resemble" value={desired === target ? '' : desired} onChange={(event) => setDesired(event.currentTarget.value)}>
          <option value="">nothing but the text</option>
          {databases.filter((database) => database.name !== target).map((database) => (
            <option key={database.name} value={database.name}>
              {database.name}
            </option>
          ))}
        </Select>
        <TextField name="windowHours" label="Rollback window, hours" type="number" min={0} max={2160} defaultValue={72} required />
        <FileField onRead={read} />
      </div>
      <TextField name="name" label="Name of the plan" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={200} />
      <TextArea
        name="text"
        label="Runbook"
        hint="Markdown. Headings become phases and SQL blocks become steps; questions, dumps, check lists and rollback sections are recognised. What cannot run is kept where it stands and marked."
        rows={22}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        required
        mono
        spellCheck={false}
      />
      <UnderWay what="the plan" first="Reading both databases and the text. Then it is measured what each phase will meet." />
      <div className="flex justify-end">
        <Submit busy="Reading…">Read it</Submit>
      </div>
    </ActionForm>
  );
}

/** The first heading, or what the file is called. */
function titleOf(content: string, file: string): string {
  const heading = /^#{1,6}\s+(.+?)\s*#*\s*$/m.exec(content)?.[1] ?? file.replace(/\.[A-Za-z]+$/, '');
  return heading.replaceAll(/[*_`]|[^\p{L}\p{N}\p{P}\p{Zs}]/gu, '').trim().slice(0, 200);
}

/** The file is read here, so that the person sees what will be sent. */
function FileField({ onRead }: { onRead: (name: string, content: string) => void }) {
  const id = useId();
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.currentTarget.files ?? [];
    if (file) onRead(file.name, (await file.text()).replaceAll('\r\n', '\n'));
  };
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block font-medium">
        File
      </label>
      <input id={id} type="file" accept=".md,.markdown,.txt,text/markdown,text/plain" onChange={(event) => void read(event)} className="block w-full text-sm text-ink-muted file:mr-3 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-surface file:px-3 file:text-ink" />
    </div>
  );
}
