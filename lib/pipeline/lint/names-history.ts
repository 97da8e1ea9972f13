import type { TableName } from '../plan.ts';
import type { GoneName, NamedConstraint, NamedIndex, NamedTable } from './names.ts';

/** The values that a key had, each from a moment on. */
class Timeline<T> {
  private readonly kept = new Map<string, { from: number; is: T | null }[]>();

  set(at: number, key: string, is: T | null): void {
    const history = this.kept.get(key);
    if (history) history.push({ from: at, is });
    else this.kept.set(key, [{ from: at, is }]);
  }

  /** What a change at `from` made is there for the moments after it. */
  at(moment: number, key: string): T | null {
    const history = this.kept.get(key);
    if (!history) return null;
    for (let i = history.length - 1; i >= 0; i -= 1) {
      const entry = history[i];
      if (entry && entry.from < moment) return entry.is;
    }
    return null;
  }
}

export function keyOf(name: TableName): string {
  return `${name.schema}.${name.name}`;
}

/** The histories of all names; only the walk writes them. */
export class NameHistory {
  readonly tables = new Timeline<NamedTable>();
  readonly ids = new Timeline<NamedTable>();
  readonly gone = new Timeline<GoneName>();
  readonly indexes = new Timeline<NamedIndex>();
  readonly indexLists = new Timeline<readonly NamedIndex[]>();
  readonly constraintLists = new Timeline<readonly NamedConstraint[]>();

  put(at: number, table: NamedTable): void {
    this.tables.set(at, keyOf(table.table), table);
    this.ids.set(at, table.id, table);
    this.gone.set(at, keyOf(table.table), null);
  }

  leave(at: number, table: NamedTable, gone: GoneName): void {
    this.tables.set(at, keyOf(table.table), null);
    this.gone.set(at, keyOf(table.table), gone);
    if (gone.why === 'dropped') this.ids.set(at, table.id, null);
  }

  putIndex(at: number, index: NamedIndex): void {
    this.indexes.set(at, keyOf(index.name), index);
    this.indexLists.set(at, index.of, [...this.indexesOf(at + 1, index.of).filter((one) => keyOf(one.name) !== keyOf(index.name)), index]);
  }

  dropIndex(at: number, index: NamedIndex): void {
    this.indexes.set(at, keyOf(index.name), null);
    this.indexLists.set(at, index.of, this.indexesOf(at + 1, index.of).filter((one) => keyOf(one.name) !== keyOf(index.name)));
  }

  indexesOf(moment: number, id: string): readonly NamedIndex[] {
    return this.indexLists.at(moment, id) ?? [];
  }

  constraintsOf(moment: number, id: string): readonly NamedConstraint[] {
    return this.constraintLists.at(moment, id) ?? [];
  }

  setConstraints(at: number, id: string, constraints: readonly NamedConstraint[]): void {
    this.constraintLists.set(at, id, constraints);
  }
}
