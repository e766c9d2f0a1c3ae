import { invalidCursor } from '../errors/extension-errors.ts';

/** Where a page ended: the order it belongs to, and that row's values in it, as Postgres prints them. */
export interface Cursor {
  readonly signature: string;
  readonly values: readonly (string | null)[];
}

/** Opaque to clients, but no secret: it holds what the page itself was ordered by. */
export function writeCursor({ signature, values }: Cursor): string {
  return Buffer.from(JSON.stringify([signature, ...values])).toString('base64url');
}

/** @throws DialectError HUTCH102 */
export function readCursor(token: string): Cursor {
  const [signature, ...values] = parts(token);
  if (typeof signature !== 'string' || !values.every((v) => v === null || typeof v === 'string')) {
    throw invalidCursor('It is not one that this server made.');
  }
  return { signature, values };
}

function parts(token: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/** What of a cursor a plan depends on: its order, and which of its values are NULL. */
export function cursorShape(token: string | null): string {
  if (token === null) return '';
  const { signature, values } = readCursor(token);
  return `${signature}\0${values.map((value) => (value === null ? 'n' : 'v')).join('')}`;
}
