import type { ReactNode } from 'react';

/** A titled part of the report; closer together on paper. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-6 print:mt-1.5">
      <h2 className="mb-1 font-semibold print:mb-0.5">{title}</h2>
      {children}
    </section>
  );
}
