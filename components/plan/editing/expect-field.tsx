'use client';
import { useState } from 'react';
import { Choice, TextField } from '#components/ui/field.tsx';

type What = 'value' | 'rows' | 'any';

/** What an answer is compared with. */
export function ExpectField() {
  const [what, setWhat] = useState<What>('rows');
  const choose = (next: What) => ({ type: 'radio' as const, name: 'expect', value: next, checked: what === next, onChange: () => setWhat(next) });
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium">What must come out</legend>
      <Choice {...choose('rows')} label="a number of rows" />
      <Choice {...choose('value')} label="one value" hint="The query answers one row of one column; it is compared as text." />
      <Choice {...choose('any')} label="anything, to be read by a person" hint="The answer is kept in the record, and nothing is compared." />
      {what === 'any' ? null : <TextField key={what} label={what === 'rows' ? 'Number of rows' : 'Value'} name="value" required={what === 'rows'} inputMode={what === 'rows' ? 'numeric' : 'text'} mono />}
    </fieldset>
  );
}
