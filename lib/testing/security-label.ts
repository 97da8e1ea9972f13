/**
 * A security label as a masking module keeps it, on a table, a view or one of its columns. No server here has such a module, so that SECURITY LABEL is refused: the row is
 * written by hand, as a superuser.
 */
export function labelled(relation: string, column?: string): string {
  const number = column === undefined ? '0' : `(select attnum from pg_attribute where attrelid = '${relation}'::regclass and attname = '${column}')`;
  return `set allow_system_table_mods = on; insert into pg_seclabel values ('${relation}'::regclass, 'pg_class'::regclass, ${number}, 'anon', 'MASKED');`;
}
