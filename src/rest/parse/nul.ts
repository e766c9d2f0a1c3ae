import { DialectError } from '../errors/dialect-error.ts';

/** Postgres has no NUL in text, and says so like this; refused here, it can mark places in a request's shape. */
export function refuseNul(text: string): void {
  if (text.includes('\0')) throw new DialectError(400, '22021', 'invalid byte sequence for encoding "UTF8": 0x00');
}
