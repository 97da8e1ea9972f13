import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Banner } from './notes.tsx';

/** A secret that is shown this one time: `what` names it on the button that copies it, the children say what it is for. */
export function ShownOnce({ text, what, onDone, children }: { text: string; what: string; onDone: () => void; children: ReactNode }) {
  return (
    <div className="grid gap-4">
      <Banner tone="orange" title="Copy it now.">
        {children}
      </Banner>
      <div className="rounded-md border border-line bg-sunken px-3 py-2">
        <code className="font-mono text-sm break-all">{text}</code>
        <div className="mt-1">
          <CopyButton text={text} label={`Copy the ${what}`} />
        </div>
      </div>
      <div className="flex justify-end">
        <Button look="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
