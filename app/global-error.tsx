'use client';
import { ErrorView } from '#components/error-view.tsx';
import './globals.css';

export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body className="font-sans">
        <title>Error · Countersign</title>
        <main className="px-4">
          <ErrorView error={error} retry={retry} />
        </main>
      </body>
    </html>
  );
}
