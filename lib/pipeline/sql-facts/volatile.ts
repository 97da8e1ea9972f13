import { findNodes, listAt, words } from './tree.ts';

/** Answer the same for every row of a statement. What is not listed may be a function of the user, and those are volatile unless they say otherwise. */
const STEADY = new Set(
  (
    'now transaction_timestamp statement_timestamp timezone date_trunc date_part extract age make_date make_time make_timestamp make_timestamptz make_interval to_timestamp to_date to_char to_number '
    + 'lower upper initcap btrim ltrim rtrim trim length char_length octet_length substr substring replace concat concat_ws format md5 sha256 encode decode repeat left right reverse split_part coalesce nullif '
    + 'abs ceil floor round trunc power sqrt greatest least mod sign array_fill array_length string_to_array array_to_string to_json to_jsonb json_build_object jsonb_build_object json_build_array jsonb_build_array '
    + 'jsonb_set json_object jsonb_object current_user current_database current_schema session_user current_setting txid_current inet_client_addr pg_backend_pid convert_to convert_from to_tsvector to_tsquery setweight uuid_nil uuid_ns_dns uuid_ns_url'
  ).split(' '),
);

export function isSteady(name: string): boolean {
  return STEADY.has(name);
}

/** Functions in an expression that may answer differently for each row, by name. */
export function volatileFunctions(expression: unknown): string[] {
  return findNodes(expression, ['FuncCall']).flatMap(({ node }) => {
    const name = words(listAt(node, 'funcname')).at(-1) ?? '';
    return STEADY.has(name) ? [] : [name];
  });
}
