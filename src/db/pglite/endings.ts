import { ConnectionError, DatabaseError } from '../driver.ts';

/** What somebody is told whose statement did not come to its end. */

export const restarted = (): ConnectionError =>
  new ConnectionError('the embedded Postgres was restarted while this was running', 'restarted');

/** As Postgres says it where it notices by itself; its hint would be of no use here. */
export const tooDeep = (): DatabaseError =>
  new DatabaseError('stack depth limit exceeded', '54001', {
    severity: 'ERROR',
    hint: 'The embedded Postgres has less room for recursion than a server has.',
  });
