/** A setting for the session; `SET LOCAL` and the like end with their transaction. */
const SET = /(?:^|;)\s*set\s+(?!(?:local|constraints|transaction)\b)/i;
const SET_CONFIG = /\bset_config\s*\(/gi;
const LOCALLY = /(?:,|=>)\s*true\s*\)/gi;

/** Whether SQL, by its text, may set something for longer than its transaction: on a pooled connection the next one would see it. */
export const keepsSettings = (sql: string): boolean =>
  SET.test(sql) || (sql.match(SET_CONFIG)?.length ?? 0) > (sql.match(LOCALLY)?.length ?? 0);

/** Takes a session's settings, its role and its user back to what they were at connect. */
export const RESET_SETTINGS = ['RESET SESSION AUTHORIZATION', 'RESET ROLE', 'RESET ALL'];
