import type { ReactNode } from 'react';

/** Head of a page: what it is, how it stands, and the one primary action: top right on a wide screen, a bar at the bottom of a phone. `tools` are what else can be done. */
export function PageHead({ title, above, sentence, action, tools, children }: { title: ReactNode; above?: ReactNode; sentence?: ReactNode; action?: ReactNode; tools?: ReactNode; children?: ReactNode }) {
  return (
    <header className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-80">
        {above ? <div className="mb-0.5 text-sm text-ink-muted">{above}</div> : null}
        <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
        {sentence ? <div className="mt-0.5 text-ink-muted">{sentence}</div> : null}
        {children}
      </div>
      {tools || action ? (
        <div className="flex flex-wrap items-start gap-2">
          {tools}
          {action ? <PrimaryBar>{action}</PrimaryBar> : null}
        </div>
      ) : null}
    </header>
  );
}

export function PrimaryBar({ children }: { children: ReactNode }) {
  return (
    <div className="fixed inset-x-0 bottom-0 z-30 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-surface px-4 py-2 sm:static sm:z-auto sm:border-0 sm:bg-transparent sm:p-0 print:hidden">
      {children}
    </div>
  );
}

/** A titled part of a page. Lines part it from the next; no boxes in boxes. */
export function Section({ title, aside, id, children }: { title: ReactNode; aside?: ReactNode; id?: string; children: ReactNode }) {
  return (
    <section id={id} className="mt-6 scroll-mt-16 first:mt-0">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="font-semibold">{title}</h2>
        {aside ? <div className="text-sm text-ink-muted">{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}

export function Mono({ children, className }: { children: ReactNode; className?: string }) {
  return <code className={`font-mono text-[0.93em] break-words ${className ?? ''}`}>{children}</code>;
}
