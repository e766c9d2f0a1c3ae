/**
 * Every error Hutch itself raises: its HTTP status, message and standing hint. Codes are stable; texts may be improved.
 * The dialect's own errors (`PGRST…`) and Postgres's (SQLSTATE) live in `rest/`, which must reproduce them to the letter.
 */
interface Entry {
  readonly status: number;
  readonly message: string;
  readonly hint?: string;
}

function table<const T extends Record<string, Entry>>(entries: T): { readonly [K in keyof T]: Entry } {
  return Object.freeze(entries);
}

export const codes = table({
  // configuration
  config_unknown_flag: { status: 400, message: 'Unknown flag' },
  config_invalid_value: { status: 400, message: 'Invalid value for a setting' },
  // server
  not_found: { status: 404, message: 'Nothing is served at this address' },
  method_not_allowed: { status: 405, message: 'This address does not take that method' },
  body_too_large: { status: 413, message: 'The request body is too large' },
  url_too_long: { status: 414, message: 'The URL is too long' },
  forbidden_host: { status: 403, message: 'This host name is not served here' },
  forbidden_origin: { status: 403, message: 'This origin may not use the developer tools' },
  port_in_use: { status: 409, message: 'The port is in use' },
  address_refused: { status: 500, message: 'Nothing can listen at this address' },
  app_missing: { status: 404, message: 'There is no module of routes at this path' },
  app_invalid: { status: 400, message: 'The module of routes has no Hono app as its default export' },
  file_refused: { status: 500, message: 'The operating system refused a file' },
  no_project: { status: 404, message: 'There is no project here' },
  server_running: { status: 409, message: 'This project is already served' },
  migrations_pending: { status: 409, message: 'The database is behind the migrations' },
  migration_failed: { status: 500, message: 'A migration failed' },
  internal: { status: 500, message: 'Something went wrong inside the server' },
  // database
  database_unavailable: { status: 503, message: 'The database is not available' },
  database_owned: { status: 409, message: 'Another process owns this data folder' },
  data_folder_unusable: { status: 409, message: 'This is no data folder of the embedded Postgres' },
  database_restarted: { status: 503, message: 'The database was restarted while this was running' },
  pool_timeout: { status: 503, message: 'No database connection became free in time' },
  statement_timeout: { status: 504, message: 'The statement took longer than its time limit' },
  // data: transactions and locks
  transaction_nested_options: { status: 400, message: 'Isolation and access mode belong to the outermost transaction' },
  transaction_aborted: {
    status: 500,
    message: 'A failed statement had already aborted the transaction; nothing was written',
  },
  after_commit_outside: { status: 400, message: 'There is no transaction whose commit this hook could wait for' },
  after_commit_failed: { status: 500, message: 'The transaction was committed, but a hook after it failed' },
  lock_unavailable: { status: 409, message: 'Somebody else holds this lock' },
  // data: rows
  rows_empty: { status: 400, message: 'No rows were given' },
  row_unknown_column: { status: 400, message: 'The table has no such column' },
  row_invalid_value: { status: 400, message: 'A value does not fit its column' },
  row_missing_key: { status: 400, message: 'A row lacks a value of its key' },
  row_duplicate: { status: 409, message: 'Two rows of this call have the same key' },
  row_conflict: { status: 409, message: 'A row with this key exists already' },
  target_not_unique: { status: 400, message: 'The upsert target is not unique' },
  // data: JSON paths
  json_path_unknown: { status: 400, message: 'The path cannot be used in this document' },
  json_value_invalid: { status: 400, message: 'The value cannot be stored as JSON' },
  // data: pages
  page_invalid: { status: 400, message: 'The page cannot be given' },
  cursor_invalid: { status: 400, message: 'The cursor is damaged or not one of ours' },
  cursor_mismatch: { status: 400, message: 'The cursor belongs to another query' },
  // data: outbox
  outbox_event_invalid: { status: 400, message: 'The event cannot be sent' },
  // data: cache
  cache_option_invalid: { status: 400, message: 'An option of the cache is wrong' },
  // data: columns, deletion, history, views
  id_prefix_invalid: {
    status: 400,
    message: 'The prefix of an id must be lowercase letters and digits, with a letter first',
  },
  soft_delete_missing: {
    status: 400,
    message: 'The rows of this table are not deleted softly',
    hint: 'Add ...softDelete() to its columns.',
  },
  primary_key_missing: { status: 400, message: 'The table has no primary key' },
  row_key_invalid: { status: 400, message: 'The key does not fit the primary key of the table' },
  condition_missing: { status: 400, message: 'A condition or keys are required' },
  age_invalid: { status: 400, message: 'This is no length of time' },
  audit_missing: {
    status: 400,
    message: 'Changes to this table are not recorded',
    hint: 'Declare it with audited(table).',
  },
  audit_unknown_column: { status: 400, message: 'The table has no such column' },
  audit_incomplete: { status: 409, message: 'The recorded history does not reach back that far' },
  view_unknown: { status: 404, message: 'There is no such materialised view' },
  // dumps and snapshots
  dump_failed: { status: 500, message: 'The database could not be dumped' },
  snapshot_name_invalid: {
    status: 400,
    message:
      'A snapshot’s name begins with a letter or digit, and has letters, digits, dots, dashes and underscores, 100 at most',
  },
  snapshot_embedded: { status: 400, message: 'Snapshots are of the embedded database' },
  snapshot_missing: { status: 404, message: 'There is no such snapshot' },
  snapshot_exists: { status: 409, message: 'There is a snapshot of this name already' },
  snapshot_failed: { status: 500, message: 'The snapshot failed' },
  snapshot_version: { status: 409, message: 'The snapshot is of another version of Postgres' },
  // studio
  studio_token_missing: { status: 401, message: 'The studio asks for a token', hint: 'Sign in at /studio.' },
  studio_request_invalid: { status: 400, message: 'The studio cannot read this request' },
  studio_unavailable: { status: 404, message: 'The studio has no such thing here' },
  // testing
  test_transaction: { status: 400, message: 'Each test is one transaction, which cannot be begun or ended in SQL' },
  test_database_misused: { status: 400, message: 'The test database was used outside a test' },
  // migrations
  migrate_config_missing: { status: 400, message: 'There is no drizzle.config here' },
  migrate_config_invalid: { status: 400, message: 'The drizzle.config cannot be used' },
  migrate_schema_missing: { status: 400, message: 'The drizzle.config names no schema file that exists' },
  migrate_schema_failed: { status: 400, message: 'The Drizzle schema could not be loaded' },
  migrate_files_broken: { status: 400, message: 'The migration files are damaged' },
  migrate_unknown_name: { status: 400, message: 'There is no migration of this name' },
  migrate_out_of_order: { status: 409, message: 'A migration sorts before one that is already applied' },
  migrate_edited: { status: 409, message: 'A migration was edited after it was applied' },
  migrate_pending: { status: 409, message: 'The database lacks migrations' },
  migrate_failed: { status: 409, message: 'A migration failed' },
  migrate_locked: { status: 409, message: 'Another process is migrating this database' },
  migrate_irreversible: { status: 409, message: 'A migration cannot be taken back' },
  migrate_no_way_down: { status: 409, message: 'A migration has no down.sql' },
  migrate_questions: { status: 409, message: 'The change can be meant in more than one way' },
  migrate_generate_failed: { status: 400, message: 'No migration could be generated' },
  migrate_object_failed: { status: 409, message: 'A database object could not be applied' },
  migrate_object_cycle: { status: 400, message: 'Database objects depend on each other in a circle' },
  migrate_refused: { status: 409, message: 'This would destroy data' },
  migrate_seed_failed: { status: 409, message: 'The seed failed' },
});

export type ErrorCode = keyof typeof codes;
