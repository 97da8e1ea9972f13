import type { ReactNode } from 'react';

/** A titled part of the report; closer together on paper. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-6 print:mt-2.5">
      <h2 className="mb-1 font-semibold">{title}</h2>
      {children}
    </section>
  );
}
