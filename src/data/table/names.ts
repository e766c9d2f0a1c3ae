import { qualified } from '../../db/quoting.ts';

/** Postgres cuts longer names off silently, and two that differ only at their ends would become one. */
const MAX_NAME_BYTES = 63;

/** A function in Hutch's own schema that belongs to one table: `hutch.soft_delete_tickets`. */
export function functionFor(purpose: string, table: { readonly schema: string; readonly name: string }): string {
  const owner = table.schema === 'public' ? table.name : `${table.schema}_${table.name}`;
  const name = `${purpose}_${owner}`;
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return qualified(HUTCH_SCHEMA, name);
  const hash = new Bun.CryptoHasher('sha256').update(name).digest('hex').slice(0, 8);
  return qualified(HUTCH_SCHEMA, `${name.slice(0, MAX_NAME_BYTES - 9).replace(/[^\x20-\x7e]/g, '_')}_${hash}`);
}

/** Where Hutch keeps its functions and its own tables, out of the way of `public` and of what is served. */
export const HUTCH_SCHEMA = 'hutch';
