import { Fragment } from 'react';

/** A name of the database in a narrow column: it breaks behind an underscore or a full stop, and between two letters only where nothing else fits. */
export function LongName({ children }: { children: string }) {
  return children.split(/(?<=[_.])/).map((part, index) => (
    // Parts of one name never change places.
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={index}>
      {index > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ));
}
