/** PGRST0xx: the database is away, or the catalog has not been read yet. */
import { DialectError } from './dialect-error.ts';

export const databaseAway = (details: string | null) =>
  new DialectError(503, 'PGRST000', 'Database connection error.', { details });

export const connectionLost = (details: string | null) =>
  new DialectError(503, 'PGRST001', 'Database client error. Retrying the connection.', { details });

export const poolTimeout = () =>
  new DialectError(504, 'PGRST003', 'Timed out acquiring connection from connection pool.');
