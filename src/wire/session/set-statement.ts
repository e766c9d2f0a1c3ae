import { identifier, literal } from '../../db/index.ts';

/** Settings that are lists of names: a quoted string would be one name to SET, so they go through `set_config`. */
const NAME_LISTS: ReadonlySet<string> = new Set([
  'search_path',
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
]);

/** The statement that sets a setting for the session. `value` is as `current_setting` and `pg_settings` give it. */
export function setStatement(name: string, value: string): string {
  if (NAME_LISTS.has(name.toLowerCase())) {
    return `SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`;
  }
  return `SET SESSION ${name.split('.').map(identifier).join('.')} = ${literal(value)}`;
}
