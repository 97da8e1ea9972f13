'use client';
import type { ReactNode, Ref } from 'react';
import { useEffect, useId, useImperativeHandle, useRef, useState } from 'react';
import { classes } from './classes.ts';
import type { Editor, EditorTrouble } from './code-mirror.ts';

export interface CheckAnswer {
  trouble: EditorTrouble | null;
}

interface SqlEditorProps {
  label: string;
  name: string;
  defaultValue: string;
  rows: number;
  hint?: ReactNode;
  required?: boolean;
  /** Asked a moment after each change; what it finds is marked in the text and said in words below. */
  check?: (text: string, signal: AbortSignal) => Promise<CheckAnswer | null>;
  onText?: (text: string) => void;
  /** For a button beside it that puts another text there. */
  ref?: Ref<SqlEditorHandle>;
}

export interface SqlEditorHandle {
  put: (text: string) => void;
}

/**
 * A field for SQL. It is a text area, which a form sends; once the editor's code has come, that takes its place on the screen and keeps the
 * text area's value. Tab leaves it, like any field; Ctrl or Cmd with Enter sends the form.
 */
export function SqlEditor({ label, name, defaultValue, rows, hint, required, check, onText, ref }: SqlEditorProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const [ready, setReady] = useState(false);
  const [trouble, setTrouble] = useState<EditorTrouble | null>(null);
  const calls = useRef({ check, onText });
  useEffect(() => {
    calls.current = { check, onText };
  });
  useEffect(() => {
    let gone = false;
    void import('./code-mirror.ts').then(({ openEditor }) => {
      const textarea = area.current;
      if (gone || !textarea || !frame.current) return;
      const hadFocus = document.activeElement === textarea;
      editor.current = openEditor(frame.current, textarea.value, {
        labelledBy: `${id}-label`,
        describedBy: `${id}-said`,
        onText: (text) => {
          textarea.value = text;
          // For whoever listens to the form; React has seen the value already.
          textarea.dispatchEvent(new Event('input', { bubbles: true }));
          calls.current.onText?.(text);
        },
        onTrouble: setTrouble,
        check: (text, signal) => calls.current.check?.(text, signal) ?? Promise.resolve(null),
        onSave: () => textarea.form?.requestSubmit(),
      });
      // At once, and not with the next drawing: what is typed into it from here on would be lost.
      textarea.style.display = 'none';
      setReady(true);
      if (hadFocus) editor.current.focus();
    });
    const field = area.current;
    return () => {
      gone = true;
      if (field) field.style.display = '';
      editor.current?.close();
      editor.current = null;
    };
  }, [id]);
  useImperativeHandle(ref, () => ({
    put: (text) => {
      if (editor.current) editor.current.put(text);
      else if (area.current) area.current.value = text;
    },
  }), []);
  return (
    <div className="min-w-0">
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions */}
      <label id={`${id}-label`} htmlFor={id} onClick={() => editor.current?.focus()} className="mb-1 block font-medium">
        {label}
      </label>
      <textarea ref={area} id={id} name={name} defaultValue={defaultValue} rows={rows} required={required && !ready} spellCheck={false} aria-describedby={`${id}-said`} onChange={(event) => onText?.(event.currentTarget.value)} className={classes('block w-full rounded-md border border-line-strong bg-surface px-2 py-1.5 font-mono text-base', ready && 'hidden')} />
      <div ref={frame} style={{ '--editor-rows': rows } as React.CSSProperties} className={classes('sql-editor', trouble && 'sql-editor-wrong', !ready && 'hidden')} />
      <div id={`${id}-said`} className="mt-1 text-sm">
        {/* Said when typing has stopped, and not at every key. */}
        <output className={trouble ? 'block text-red-ink' : 'sr-only'}>{trouble ? `Line ${trouble.line}, column ${trouble.column}: ${trouble.message}.` : ''}</output>
        {hint ? <p className="text-ink-muted">{hint}</p> : null}
      </div>
    </div>
  );
}
