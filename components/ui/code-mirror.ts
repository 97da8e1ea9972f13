// The editor itself, in a file of its own that is fetched only where SQL is edited.
import { autocompletion, closeCompletion, completionKeymap, completionStatus } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { keywordCompletionSource, PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tagHighlighter, tags } from '@lezer/highlight';

/** `at` is a place in UTF-16 units, line and column count from 1. */
export interface EditorTrouble {
  message: string;
  line: number;
  column: number;
  at: number;
}

interface EditorTerms {
  labelledBy: string;
  describedBy: string;
  onText: (text: string) => void;
  onTrouble: (trouble: EditorTrouble | null) => void;
  check: (text: string, signal: AbortSignal) => Promise<{ trouble: EditorTrouble | null } | null>;
  onSave: () => void;
}

export interface Editor {
  put: (text: string) => void;
  focus: () => void;
  close: () => void;
}

/** A pause in typing after which the text is read. */
const PAUSE_MS = 400;

/** The colours that SQL has everywhere else. */
const COLOURS = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: 'sql-keyword' },
  { tag: [tags.string, tags.special(tags.string)], class: 'sql-string' },
  { tag: [tags.number, tags.bool, tags.null], class: 'sql-constant' },
  { tag: [tags.function(tags.name), tags.standard(tags.name), tags.typeName], class: 'sql-function' },
  { tag: tags.comment, class: 'sql-comment' },
  { tag: [tags.punctuation, tags.bracket], class: 'sql-punctuation' },
]);

/** Opens an editor of PostgreSQL in this element. Close it when the element goes. */
export function openEditor(parent: HTMLElement, text: string, terms: EditorTerms): Editor {
  let asking: AbortController | null = null;
  const look = async (view: EditorView): Promise<Diagnostic[]> => {
    asking?.abort();
    asking = new AbortController();
    const doc = view.state.doc.toString();
    const answer = doc.trim() === '' ? null : await terms.check(doc, asking.signal).catch(() => null);
    // An answer to a text that is gone says nothing about this one.
    if (view.state.doc.toString() !== doc) return [];
    terms.onTrouble(answer?.trouble ?? null);
    return answer?.trouble ? [diagnosticOf(answer.trouble, doc)] : [];
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => (terms.onSave(), true) }])),
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), indentOnInput(),
        sql({ dialect: PostgreSQL, upperCaseKeywords: true }),
        autocompletion({ override: [keywordCompletionSource(PostgreSQL, true)] }),
        syntaxHighlighting(COLOURS),
        linter(look, { delay: PAUSE_MS }),
        // Tab is left to the page: whoever works by keyboard must come out again.
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ 'aria-labelledby': terms.labelledBy, 'aria-describedby': terms.describedBy, spellcheck: 'false', tabindex: '0', autocorrect: 'off', autocapitalize: 'off' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) terms.onText(update.state.doc.toString());
          parent.toggleAttribute('data-completing', completionStatus(update.state) !== null);
        }),
      ],
    }),
  });
  // A dialog takes Escape before the editor sees it, and asks whether a list of words is open (dialog.tsx).
  const closeList = (): void => void closeCompletion(view);
  parent.addEventListener('closelist', closeList);
  return {
    put: (next) => {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      view.focus();
    },
    focus: () => view.focus(),
    close: () => {
      asking?.abort();
      parent.removeEventListener('closelist', closeList);
      view.destroy();
    },
  };
}

/** The word at the place, or the sign before the end. */
function diagnosticOf({ at, message }: EditorTrouble, text: string): Diagnostic {
  const from = Math.min(at, Math.max(0, text.length - 1));
  const word = /^[\p{L}\p{N}_$]+/u.exec(text.slice(from))?.[0] ?? ' ';
  return { from, to: Math.min(text.length, from + word.length), severity: 'error', message };
}
