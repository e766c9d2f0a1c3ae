import { DatabaseError } from './driver.ts';
import { QUERY_CANCELED } from './sqlstate.ts';

/** Why running work is ended from outside. */
export type CancelReason = 'timeout' | 'signal';

const MESSAGES: Readonly<Record<CancelReason, string>> = {
  timeout: 'canceling statement due to statement timeout',
  signal: 'canceling statement due to user request',
};

/** What Postgres reports of a statement that was ended from outside; a server itself knows only that somebody asked it to. */
export const canceled = (reason: CancelReason, fields?: DatabaseError['fields']): DatabaseError =>
  new DatabaseError(MESSAGES[reason], QUERY_CANCELED, fields);
