import { classes } from '#components/ui/classes.ts';
import { LongName } from '#components/ui/long-name.tsx';
import type { AlignedRow } from '#lib/pipeline/align.ts';
import type { Attribute, ObjectKind } from '#lib/pipeline/snapshot.ts';
import { ChangeMark } from './change-mark.tsx';
import type { ColouredDetail } from './coloured.ts';
import { LongText } from './long-text.tsx';
import { Marked } from './marked.tsx';
import { RenameMark } from './rename-mark.tsx';
import { Refusals, Statement } from './script.tsx';
import { ChooseBox } from './selection.tsx';
import { useView, ViewLink } from './view.tsx';
import { cellParts, changeWord, KIND_WORDS } from './words.ts';

/** From the outside in; a kind that is new must be given its place here, or the type check fails. */
const KIND_PLACES: Readonly<Record<ObjectKind, number>> = {
  schema: 0, extension: 1, language: 2, access_method: 3, base_type: 4, enum: 5, domain: 6, composite_type: 7,
  range_type: 8, collation: 9, sequence: 10, table: 11, foreign_table: 12, column: 13, constraint: 14, index: 15,
  statistics: 16, view: 17, materialized_view: 18, trigger: 19, rule: 20, policy: 21, function: 22, procedure: 23,
  aggregate: 24, operator: 25, operator_family: 26, operator_class: 27, cast: 28, transform: 29, conversion: 30, text_search_parser: 31,
  text_search_template: 32, text_search_dictionary: 33, text_search_configuration: 34, foreign_data_wrapper: 35, foreign_server: 36, user_mapping: 37, event_trigger: 38, publication: 39,
  subscription: 40, default_privileges: 41, grant: 42, comment: 43, security_label: 44, extension_tie: 45, placement: 46,
};
const KINDS_IN_ORDER = (Object.keys(KIND_PLACES) as ObjectKind[]).sort((a, b) => KIND_PLACES[a] - KIND_PLACES[b]);

interface Sides {
  currentName: string;
  desiredName: string;
}

/** Four columns from `xl` on; below, the SQL stands under its line; on a phone everything does, current over desired. */
const COLUMNS = 'grid grid-cols-[minmax(9rem,13rem)_minmax(0,1fr)_minmax(0,1fr)] gap-x-4 xl:grid-cols-[minmax(9rem,12rem)_minmax(0,1fr)_minmax(0,1fr)_minmax(0,1.35fr)] max-md:grid-cols-1 max-md:gap-y-1';

/** The object row by row, both sides beside each other, and the statement that turns the one into the other. */
export function Aligned({ detail, currentName, desiredName }: { detail: ColouredDetail } & Sides) {
  const { view } = useView();
  const decided = new Set(detail.group.deltas.filter((delta) => delta.decision).map((delta) => delta.id));
  const asked = new Map(detail.renames.flatMap((rename) => rename.deltaIds.map((id) => [id, rename] as const)));
  const byKind = KINDS_IN_ORDER.map((kind) => ({ kind, rows: detail.rows.filter((row) => row.kind === kind) })).filter((each) => each.rows.length > 0);
  const all = view.all || detail.group.deltas.length === 0;
  return (
    <div className="grid gap-5">
      {detail.group.deltas.length === 0 ? <p className="font-medium">Identical on both sides.</p> : null}
      {byKind.map(({ kind, rows }) => {
        const shown = all ? rows : rows.filter((row) => row.change !== 'identical');
        return (
          <section key={kind} aria-label={KIND_WORDS[kind].many}>
            <div className={classes(COLUMNS, 'border-b border-line pb-1 text-xs text-ink-muted max-md:block')}>
              <h3 className="font-semibold text-ink first-letter:uppercase">{rows.length === 1 ? KIND_WORDS[kind].one : KIND_WORDS[kind].many}</h3>
              <span className="truncate font-mono max-md:hidden">{currentName}</span>
              <span className="truncate font-mono max-md:hidden">{desiredName}</span>
              <span className="max-xl:hidden">SQL</span>
            </div>
            <ul>
              {shown.map((row) => (
                <Row key={row.id} row={row} detail={detail} decided={row.deltaId !== null && decided.has(row.deltaId)} asked={asked.get(row.deltaId ?? '') ?? null} currentName={currentName} desiredName={desiredName} />
              ))}
            </ul>
            {shown.length < rows.length ? (
              <ViewLink change={{ all: true }} className="mt-1 inline-block rounded text-sm text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink">
                {rows.length - shown.length} identical · show
              </ViewLink>
            ) : null}
          </section>
        );
      })}
    </div>
  );
}

function Row({ row, detail, decided, asked, currentName, desiredName }: { row: AlignedRow; detail: ColouredDetail; decided: boolean; asked: { moves: boolean } | null } & Sides) {
  const differs = row.change !== 'identical';
  return (
    <li className={classes(COLUMNS, 'border-b border-line py-1.5', !differs && 'text-ink-muted')}>
      <div className="flex items-start gap-1.5">
        {row.deltaId && !decided ? <ChooseBox ids={[row.deltaId]} schema={detail.group.schema} label={`Choose ${row.name}`} /> : null}
        {differs ? <ChangeMark change={row.change} open={!decided} word={isOfName(row) ? 'renamed' : changeWord(row.change, currentName, desiredName)} /> : null}
        <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
          <span className="min-w-0 font-mono text-sm wrap-anywhere">
            <LongName>{row.name}</LongName>
          </span>
          {asked ? <RenameMark moves={asked.moves} /> : null}
        </span>
      </div>
      <Cell name={currentName} row={row} own={row.current} other={row.desired} side="first" />
      <Cell name={desiredName} row={row} own={row.desired} other={row.current} side="second" />
      <RowSql row={row} detail={detail} />
    </li>
  );
}

/** The line about the name alone of what has two. */
function isOfName(row: AlignedRow): boolean {
  return row.id.startsWith('rename:');
}

/** What the script does to this line. Of what stands beside an object (its owner), the statements are with the object when that differs too. */
function RowSql({ row, detail }: { row: AlignedRow; detail: ColouredDetail }) {
  if (row.deltaId === null) return <span className="max-xl:hidden" />;
  const objectId = detail.group.deltas.find((delta) => delta.id === row.deltaId)?.objectId ?? row.id;
  if (objectId !== row.id && !isOfName(row) && detail.rows.some((other) => other.id === objectId && other.deltaId !== null)) return <span className="max-xl:hidden" />;
  const own = detail.statements.filter((statement) => statement.objectId === objectId);
  // The new names are given first, by one statement each.
  const named = detail.group.deltas.find((delta) => delta.objectId === objectId && delta.id.startsWith('rename:'))?.attributes.length ?? 0;
  const statements = isOfName(row) ? own.slice(0, named) : own.slice(named);
  const refusals = detail.refusals.filter((refusal) => refusal.objectId === objectId);
  return (
    <div className="min-w-0 max-xl:col-span-full max-xl:mt-1">
      <Refusals sentences={refusals.map((refusal) => refusal.sentence)} />
      {statements.length > 0 ? (
        <pre className="rounded border border-line bg-sunken px-2 py-1 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap">
          {statements.map((statement, at) => (
            // Statements have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <Statement key={at} statement={statement} />
          ))}
        </pre>
      ) : null}
    </div>
  );
}

interface CellOf {
  row: AlignedRow;
  own: Readonly<Record<string, Attribute>> | null;
  other: Readonly<Record<string, Attribute>> | null;
  side: 'first' | 'second';
}

function Cell({ name, row, own, other, side }: { name: string } & CellOf) {
  return (
    <div className="min-w-0 font-mono text-sm break-words">
      <span className="mr-2 font-sans text-xs text-ink-muted md:hidden">{name}</span>
      {own ? <Parts row={row} own={own} other={other} side={side} /> : <span className="font-sans text-ink-faint">missing</span>}
    </div>
  );
}

function Parts({ row, own, other, side }: CellOf & { own: Readonly<Record<string, Attribute>> }) {
  const parts = cellParts(row.kind, own, row.labels);
  const others = new Map(other ? cellParts(row.kind, other, row.labels).map((part) => [part.name, part.text]) : []);
  const sql = row.kind === 'column' || row.kind === 'constraint' || row.kind === 'index';
  return (
    <>
      {parts.map((part, index) => {
        const twin = others.get(part.name);
        const { label } = part;
        if (label !== undefined && part.text.includes('\n')) {
          // What is the same on both sides is shown whole, unless something else of it differs.
          return <LongText key={part.name} label={label} text={part.text.slice(label.length)} other={row.change === 'change' ? (twin ?? label).slice(label.length) : null} side={side} />;
        }
        const value = part.text.slice(label?.length ?? 0);
        const text = other && twin !== part.text ? <Marked own={value} other={(twin ?? '').slice(label?.length ?? 0)} /> : <LongName>{value}</LongName>;
        return (
          <span key={part.name} className={sql ? undefined : 'block'}>
            {sql && index > 0 ? ' ' : null}
            {label === undefined ? null : <span className="font-sans text-xs text-ink-muted">{label}</span>}
            {text}
          </span>
        );
      })}
    </>
  );
}
