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
  internal: { status: 500, message: 'Something went wrong inside the server' },
  // database
  database_unavailable: { status: 503, message: 'The database is not available' },
  database_owned: { status: 409, message: 'Another process owns this data folder' },
  database_restarted: { status: 503, message: 'The database was restarted while this was running' },
  pool_timeout: { status: 503, message: 'No database connection became free in time' },
  statement_timeout: { status: 504, message: 'The statement took longer than its time limit' },
});

export type ErrorCode = keyof typeof codes;
