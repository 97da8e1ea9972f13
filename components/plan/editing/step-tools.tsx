'use client';
import { useState } from 'react';
import { useSheets } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Select, TextArea, TextField } from '#components/ui/field.tsx';
import { Menu, MenuItem, MenuLine } from '#components/ui/menu.tsx';
import { EditDialog, usePlace, usePlanEdit } from './editing.tsx';
import { ExpectField } from './expect-field.tsx';
import { NewStepFields } from './new-step.tsx';

export interface ToolsOf {
  id: string;
  number: number;
  title: string;
  kind: 'sql' | 'manual' | 'other';
  /** First words of each statement, for choosing a place between two. */
  statements: readonly string[];
  /** Which of the statements ask something. */
  asks: readonly number[];
  manual: { instruction: string; command: string } | null;
  last: boolean;
}

const DIALOGS = ['rename', 'split', 'before', 'after', 'phase', 'expect', 'instruct'] as const;
type Which = (typeof DIALOGS)[number];

/** What an author can do to a step of a written phase, beyond its SQL. */
export function StepTools({ step }: { step: ToolsOf }) {
  const { others } = usePlace();
  const { edit, busy } = usePlanEdit();
  const { shown, show, nameOf } = useSheets(DIALOGS, step.id);
  const of = { stepId: step.id };
  return (
    <>
      {step.manual ? (
        <Button size="sm" look="quiet" onClick={() => show('instruct')}>
          Edit text
        </Button>
      ) : null}
      <Menu label={`More for step ${step.number}`} disabled={busy}>
        {step.asks.length > 0 ? <MenuItem onSelect={() => show('expect')}>Say what must come out…</MenuItem> : null}
        <MenuItem onSelect={() => show('rename')}>Rename…</MenuItem>
        <MenuItem onSelect={() => show('before')}>Insert a step before…</MenuItem>
        <MenuItem onSelect={() => show('after')}>Insert a step behind…</MenuItem>
        <MenuItem onSelect={() => edit({ operation: 'duplicate_step', ...of })}>Duplicate</MenuItem>
        <MenuLine />
        {step.statements.length > 1 ? <MenuItem onSelect={() => show('split')}>Split in two…</MenuItem> : null}
        {step.kind === 'sql' && !step.last ? <MenuItem onSelect={() => edit({ operation: 'join_step', ...of })}>Join with the next</MenuItem> : null}
        <MenuItem disabled={step.number === 1} onSelect={() => edit({ operation: 'move_step', to: 'up', ...of })}>Move up</MenuItem>
        <MenuItem disabled={step.last} onSelect={() => edit({ operation: 'move_step', to: 'down', ...of })}>Move down</MenuItem>
        {others.length > 0 ? <MenuItem onSelect={() => show('phase')}>Move to another phase…</MenuItem> : null}
        <MenuLine />
        <MenuItem loud onSelect={() => edit({ operation: 'remove_step', ...of })}>Take out of the plan</MenuItem>
      </Menu>
      {shown === null ? null : <StepDialog step={step} which={shown} name={nameOf(shown)} close={() => show(null)} />}
    </>
  );
}

function StepDialog({ step, which, name, close }: { step: ToolsOf; which: Which; name: string; close: () => void }) {
  const { others } = usePlace();
  const [asked, setAsked] = useState(step.asks[0] ?? 0);
  const of = { stepId: step.id };
  switch (which) {
    case 'rename':
      return (
        <EditDialog name={name} open onClose={close} title={`Rename step ${step.number}`} fields={{ operation: 'rename_step', ...of }} submit="Rename">
          <TextField label="Title" name="title" required defaultValue={step.title} maxLength={200} />
        </EditDialog>
      );
    case 'split':
      return (
        <EditDialog name={name} open onClose={close} title={`Split step ${step.number} in two`} description="Each part is a transaction of its own. The undo is divided with the statements." fields={{ operation: 'split_step', ...of }} submit="Split">
          <Select label="The first part ends with" name="count">
            {step.statements.slice(0, -1).map((words, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- statements have no name, and their place is what is chosen
              <option key={index} value={index + 1}>{`${index + 1} · ${words}`}</option>
            ))}
          </Select>
          <TextField label="Title of the second part" name="title" required maxLength={200} defaultValue={`${step.title.slice(0, 180)}, second part`} />
        </EditDialog>
      );
    case 'phase':
      return (
        <EditDialog name={name} open onClose={close} title={`Move step ${step.number} to another phase`} description="It goes to the beginning of a later phase, or to the end of an earlier one." fields={{ operation: 'move_step_to_phase', ...of }} submit="Move">
          <Select label="Phase" name="toPhaseId">
            {others.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </Select>
        </EditDialog>
      );
    case 'expect':
      return (
        <EditDialog name={name} open onClose={close} title="What must come out" description="Compared with the answer while the step runs. What differs takes the step back." fields={{ operation: 'expect', statement: asked, ...of }} submit="Save">
          {step.asks.length > 1 ? (
            <Select label="Of the question" value={asked} onChange={(event) => setAsked(Number(event.currentTarget.value))}>
              {step.asks.map((index) => (
                <option key={index} value={index}>{`${index + 1} · ${step.statements[index] ?? ''}`}</option>
              ))}
            </Select>
          ) : null}
          <ExpectField key={asked} question={{ stepId: step.id, statement: asked }} />
        </EditDialog>
      );
    case 'instruct':
      return (
        <EditDialog name={name} open onClose={close} title={`Edit: ${step.title}`} fields={{ operation: 'instruct_step', ...of }} submit="Save">
          <TextArea label="What is to be done" name="instruction" required rows={4} defaultValue={step.manual?.instruction} />
          <TextArea label="Command to copy (optional)" name="command" mono rows={3} defaultValue={step.manual?.command} spellCheck={false} />
        </EditDialog>
      );
    case 'before':
    case 'after':
      return (
        <EditDialog name={name} open onClose={close} form="sheet" title={`Insert a step ${which === 'before' ? 'before' : 'behind'} step ${step.number}`} fields={{ operation: 'insert_step', side: which, ...of }} submit="Insert the step">
          <NewStepFields />
        </EditDialog>
      );
  }
}
