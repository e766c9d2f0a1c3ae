import { createHmac, randomBytes } from 'node:crypto';

const key = process.env.LOG_KEY ?? randomBytes(32);

/**
 * A person in a log line of one's own: the same person is the same pseudonym, and nobody's address can be read from it or tried out.
 * (What Hutch logs itself, statements and failures, has no values in it to begin with.)
 */
export function sanitizeForLogging(value: string | number): string {
  return createHmac('sha256', key).update(String(value)).digest('hex').slice(0, 12);
}
