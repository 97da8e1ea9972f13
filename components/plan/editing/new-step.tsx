'use client';
import { useState } from 'react';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Choice, TextArea, TextField } from '#components/ui/field.tsx';
import { SqlEditor } from '#components/ui/sql-editor.tsx';
import { checkSql } from '../check-sql.ts';
import { SqlPair } from '../sql-pair.tsx';
import { EditDialog } from './editing.tsx';
import { ExpectField } from './expect-field.tsx';

type Kind = 'sql' | 'verification' | 'manual';

/** What a new step is made of. */
export function NewStepFields() {
  const [kind, setKind] = useState<Kind>('sql');
  const choose = (next: Kind) => ({ type: 'radio' as const, name: 'kind', value: next, checked: kind === next, onChange: () => setKind(next) });
  return (
    <>
      <TextField label="Title" name="title" required maxLength={200} />
      <fieldset>
        <legend className="mb-1 font-medium">What it does</legend>
        <div className="flex flex-wrap gap-x-5 gap-y-1">
          <Choice {...choose('sql')} label="runs SQL" />
          <Choice {...choose('verification')} label="asks and compares" />
          <Choice {...choose('manual')} label="waits for a person" />
        </div>
      </fieldset>
      {kind === 'sql' ? <SqlPair sql="" undo="" /> : null}
      {kind === 'verification' ? (
        <>
          <SqlEditor label="Question" name="sql" required rows={6} defaultValue="" check={checkSql} hint="One SELECT. It reads and changes nothing." />
          <ExpectField />
        </>
      ) : null}
      {kind === 'manual' ? (
        <>
          <TextArea label="What is to be done" name="instruction" required rows={4} hint="The run waits until somebody confirms it with a note." />
          <TextArea label="Command to copy (optional)" name="command" mono rows={3} spellCheck={false} hint="Shown to be copied, never run." />
        </>
      ) : null}
    </>
  );
}

/** At the end of a written phase. */
export function AddStep({ first }: { first: boolean }) {
  const { name, open, onOpenChange } = useSheet('add-a-step');
  return (
    <>
      <Button look={first ? 'primary' : 'plain'} size={first ? 'md' : 'sm'} onClick={() => onOpenChange(true)}>
        {first ? 'Add the first step…' : 'Add a step…'}
      </Button>
      <EditDialog name={name} open={open} onClose={() => onOpenChange(false)} form="sheet" title="Add a step" description="At the end of the phase. Saving makes a new version." fields={{ operation: 'insert_step', side: 'end' }} submit="Add the step">
        <NewStepFields />
      </EditDialog>
    </>
  );
}
