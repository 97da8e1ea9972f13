import 'server-only';
import { comparisonJson, comparisonMarkdown, type Comparison as Exported } from '#lib/pipeline/comparison.ts';
import { OPEN_DIFFERENCES } from '#lib/pipeline/compare-list.ts';
import { Refused } from '#lib/pipeline/refusal.ts';
import { scriptOfChosen } from '#lib/pipeline/script/chosen.ts';
import { scriptText } from '#lib/pipeline/script/script.ts';
import { unreadOf, unreadSentences } from '#lib/pipeline/unread.ts';
import { counted, grouped } from '#lib/pipeline/words.ts';
import { deltasShown, type Stand } from './compare-parts.ts';
import type { RouteContext } from './gate.ts';
import { type CompareQuestion, standNow } from './load-compare.ts';

interface Format {
  ending: string;
  type: string;
  text: (exported: Exported) => string;
}

const FORMATS: Readonly<Record<string, Format>> = {
  sql: { ending: 'sql', type: 'application/sql', text: sqlOf },
  markdown: { ending: 'md', type: 'text/markdown', text: (exported) => comparisonMarkdown(exported, sqlOf(exported)) },
  json: { ending: 'json', type: 'application/json', text: comparisonJson },
};

/** What the filter shows as a file: sql, markdown or json. Differences without a statement stand in each with their reason. */
export async function answerExport({ db, person }: RouteContext, question: CompareQuestion, format: string): Promise<Response> {
  const wanted = FORMATS[format];
  if (!wanted) throw new Refused('invalid_input', `A comparison is exported as ${Object.keys(FORMATS).join(', ')}.`);
  const stand = await standNow(db, person, question);
  const name = `${stand.before.database}-to-${stand.after.database}.${wanted.ending}`.replaceAll(/[^\w.-]+/g, '_');
  return new Response(wanted.text(exportedOf(stand, question)), { headers: { 'Content-Type': `${wanted.type}; charset=utf-8`, 'Content-Disposition': `attachment; filename="${name}"`, 'Cache-Control': 'no-store' } });
}

function exportedOf(stand: Stand, question: CompareQuestion): Exported {
  const { comparison, view } = stand;
  const deltas = deltasShown(stand, question.filter ?? OPEN_DIFFERENCES);
  const hidden = stand.noise ? 0 : comparison.noise;
  const part = deltas.length < view.deltas.length ? `Part of the comparison: ${grouped(deltas.length)} of ${counted(view.deltas.length, 'difference', 'differences')}, those that the filter of the page shows.` : undefined;
  return {
    current: { name: stand.before.database, snapshot: comparison.current },
    desired: { name: stand.after.database, snapshot: comparison.desired },
    deltas,
    hidden: hidden > 0 ? [{ what: 'owners, grants, comments and the like', count: hidden }] : [],
    ...(part === undefined ? {} : { part }),
    unread: unreadSentences(unreadOf(comparison.current, comparison.desired)),
    script: scriptOfChosen(comparison.renamed, comparison.desired, deltas, comparison.renames),
  };
}

function sqlOf(exported: Exported): string {
  const { current, desired, deltas, part, hidden, unread, script } = exported;
  const notes = [`turns ${current.name} into ${desired.name}`, ...(part === undefined ? [] : [part]), ...hidden.map(({ what, count }) => `hidden: ${count} (${what})`), ...unread];
  const head = notes.map((note) => `-- ${note.replaceAll('\n', ' ')}\n`).join('');
  return deltas.length === 0 ? `${head}-- ${part === undefined ? 'The two are identical.' : 'Nothing matches the filter.'}\n` : `${head}${scriptText(script)}`;
}
