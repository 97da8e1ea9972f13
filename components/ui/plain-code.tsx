import { CopyButton } from './copy-button.tsx';

/** A text as somebody wrote it, which is not SQL: a command of a shell, or what nobody can read. Copyable, whole. */
export function PlainCode({ text, label }: { text: string; label: string }) {
  return (
    <figure className="min-w-0 overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-muted">
        <span className="min-w-0 truncate" title={label}>
          {label}
        </span>
        <CopyButton text={text} />
      </figcaption>
      {/* Focusable, because a region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} className="overflow-x-auto px-3 py-2 font-mono text-xs leading-5 -outline-offset-2">
        <code>{text}</code>
      </pre>
    </figure>
  );
}
