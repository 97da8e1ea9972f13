'use client';
import { useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { SqlEditor, type SqlEditorHandle } from '#components/ui/sql-editor.tsx';
import { checkSql } from './check-sql.ts';

interface SqlPairProps {
  sql: string;
  undo: string;
  onSql?: (text: string) => void;
  onUndo?: (text: string) => void;
}

/** The SQL of a step and what takes it back: one without the other is no pair that anybody could sign. */
export function SqlPair({ sql, undo, onSql, onUndo }: SqlPairProps) {
  const undoEditor = useRef<SqlEditorHandle>(null);
  const [offer, setOffer] = useState<string | null>(null);
  const [undoText, setUndoText] = useState(undo);
  const checkForward = async (text: string, signal: AbortSignal) => {
    const answer = await checkSql(text, signal);
    if (answer) setOffer(answer.undo);
    return answer;
  };
  const typedUndo = (text: string): void => {
    setUndoText(text);
    onUndo?.(text);
  };
  return (
    <>
      <SqlEditor label="SQL" name="sql" required rows={12} defaultValue={sql} check={checkForward} {...(onSql ? { onText: onSql } : {})} />
      <div>
        <SqlEditor ref={undoEditor} label="Undo" name="undo" rows={5} defaultValue={undo} check={checkSql} onText={typedUndo} hint="Takes back exactly what the SQL above does." />
        {offer && undoText.trim() === '' ? (
          <Button size="sm" className="mt-2" onClick={() => undoEditor.current?.put(offer)}>
            Put the undo that follows from the SQL
          </Button>
        ) : null}
      </div>
    </>
  );
}
