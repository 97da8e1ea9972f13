'use client';
import { useState } from 'react';
import { ActionForm, Submit } from '#components/action-form.tsx';
import { useSheet } from '#components/sheet/use-sheet.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Choice, TextField } from '#components/ui/field.tsx';
import { count } from '#components/ui/format.ts';
import { Mono } from '#components/ui/page.tsx';
import { decideOrphansAlike } from '#lib/actions/plans.ts';
import type { OpenOrphans, OrphansAlike } from '#lib/pipeline/orphans-alike.ts';
import { tableText } from './table-text.ts';
import { type AlikeVerdict, columnsText, consequence, hangingOn, rowsText } from './alike-words.ts';

interface DecideAlikeProps {
  planId: string;
  version: number;
  phaseId: string;
  alike: OrphansAlike;
}

/** One answer and one reason for the orphans of several foreign keys, spelled out before it is recorded. */
export function DecideAlike({ planId, version, phaseId, alike }: DecideAlikeProps) {
  const sheet = useSheet('decide-alike', phaseId);
  const [ids, setIds] = useState<readonly string[]>([]);
  const [wanted, setWanted] = useState<AlikeVerdict | null>(null);
  const chosen = alike.open.filter((one) => ids.includes(one.foreignKey));
  const verdict = wanted !== null && isOffered(wanted, alike, chosen) ? wanted : null;
  const show = (next: boolean) => {
    sheet.onOpenChange(next);
    if (next) return;
    setIds([]);
    setWanted(null);
  };
  return (
    <Dialog
      {...sheet}
      onOpenChange={show}
      form="sheet"
      title="Decide on orphans alike"
      description="One answer and one reason for all that you choose, and one new version of the plan. When one of them was decided or measured anew in the meantime, none is decided."
      trigger={<Button size="sm">{`Decide alike… (${alike.open.length} undecided)`}</Button>}
    >
      <ActionForm action={decideOrphansAlike} hidden={{ planId, version, phaseId, foreignKey: chosen.map((one) => one.foreignKey) }} onDone={() => show(false)} label="Decision for several foreign keys" className="grid grid-cols-1 gap-4">
        {chosen.map((one) => (
          <input key={one.foreignKey} type="hidden" name="rows" value={one.today + one.along} />
        ))}
        <Keys alike={alike} chosen={chosen} onChange={setIds} />
        <Verdicts alike={alike} chosen={chosen} verdict={verdict} onChange={setWanted} />
        <TextField kept label="Reason" name="reason" required maxLength={2000} placeholder="For example: the customers were deleted, nobody can open these" />
        <SpelledOut alike={alike} chosen={chosen} verdict={verdict} />
        <div className="flex justify-end">
          <Submit disabled={chosen.length === 0 || verdict === null}>{`Decide for ${count(chosen.length, 'foreign key')}`}</Submit>
        </div>
      </ActionForm>
    </Dialog>
  );
}

function isOffered(verdict: AlikeVerdict, { mends }: OrphansAlike, chosen: readonly OpenOrphans[]): boolean {
  if (verdict === 'stop') return true;
  return mends && (verdict === 'delete' || chosen.every((one) => one.nullable));
}

function Keys({ alike, chosen, onChange }: { alike: OrphansAlike; chosen: readonly OpenOrphans[]; onChange: (ids: readonly string[]) => void }) {
  const ids = chosen.map((one) => one.foreignKey);
  const every = alike.open.map((one) => one.foreignKey);
  const toggle = (id: string) => onChange(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
  const all = ids.length === every.length;
  return (
    <fieldset className="min-w-0">
      <legend className="font-medium">Rows without a parent, by foreign key</legend>
      <Button size="sm" className="my-2" onClick={() => onChange(all ? [] : every)}>
        {all ? 'Choose none' : `Choose all ${every.length} undecided`}
      </Button>
      <ol className="border-t border-line">
        {alike.open.map((one) => (
          <li key={one.foreignKey} className="border-b border-line py-1.5">
            <Choice checked={chosen.includes(one)} onChange={() => toggle(one.foreignKey)} label={<span className="wrap-anywhere">{rowsText(one)}</span>} hint={<Reference of={one} />} />
          </li>
        ))}
      </ol>
      <Apart keys={alike.apart} />
    </fieldset>
  );
}

function Reference({ of }: { of: OpenOrphans }) {
  return (
    <span className="wrap-anywhere">
      <Mono>{of.columns.join(', ')}</Mono> → <Mono>{tableText(of.parent)}</Mono> by <Mono>{of.foreignKey}</Mono>
    </span>
  );
}

function Apart({ keys }: { keys: readonly string[] }) {
  if (keys.length === 0) return null;
  return (
    <p className="mt-2 text-sm text-ink-muted wrap-anywhere">
      Decided on one by one, because their rows are not all counted or several have one name: <Mono>{keys.join(', ')}</Mono>
    </p>
  );
}

interface VerdictsProps {
  alike: OrphansAlike;
  chosen: readonly OpenOrphans[];
  verdict: AlikeVerdict | null;
  onChange: (verdict: AlikeVerdict) => void;
}

const CANNOT_MEND = 'Not possible: this phase neither converts the tables nor changes them in place.';

function Verdicts({ alike, chosen, verdict, onChange }: VerdictsProps) {
  const strict = chosen.filter((one) => !one.nullable);
  const unlinks = strict.length === 0 ? 'The rows stay, without a parent.' : `Not possible for all: ${columnsText(strict)} must not be null in the desired schema.`;
  const choice = (value: AlikeVerdict) => ({ type: 'radio' as const, name: 'verdict', value, required: true, checked: verdict === value, disabled: !isOffered(value, alike, chosen), onChange: () => onChange(value) });
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium">What becomes of the rows of all that are chosen?</legend>
      <Choice {...choice('delete')} label="Take out and quarantine" hint={alike.mends ? 'They leave the live table, are kept in a quarantine table, and come back on rollback.' : CANNOT_MEND} />
      <Choice {...choice('set_null')} label="Set to null" hint={alike.mends ? unlinks : CANNOT_MEND} />
      <Choice {...choice('stop')} label="Stop" hint="The phase stays closed until the rows are put right by hand." />
      <p className="text-sm text-ink-muted">To point rows elsewhere, decide on their foreign key alone.</p>
    </fieldset>
  );
}

/** What would be recorded, in one sentence; read aloud as it changes. */
function SpelledOut({ alike, chosen, verdict }: Omit<VerdictsProps, 'onChange'>) {
  const hanging = verdict === 'delete' ? hangingOn(alike.open, chosen) : [];
  return (
    <div aria-live="polite" className="border-l-2 border-line pl-3">
      {chosen.length === 0 ? <p className="text-ink-muted">No foreign key is chosen yet.</p> : null}
      {chosen.length > 0 && verdict === null ? <p className="text-ink-muted">{count(chosen.length, 'foreign key')} chosen; say what becomes of their rows.</p> : null}
      {chosen.length > 0 && verdict !== null ? <p className="wrap-anywhere">{consequence(chosen, verdict)}</p> : null}
      {hanging.length > 0 ? <p className="mt-1 text-sm wrap-anywhere">Still to be decided, because they hang on these rows: {hanging.map((one) => `${rowsText(one)} (${one.foreignKey})`).join('; ')}.</p> : null}
    </div>
  );
}
