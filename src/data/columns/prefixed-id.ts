import { sql } from 'drizzle-orm';
import { text } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import { marked } from './mark.ts';

/**
 * A text id with a prefix, for instance `usr_1a1fe63c92af10a21242495d`: 24 lowercase hexadecimal digits after the prefix, of
 * which 11 are the milliseconds since 1970 (enough until the year 2527) and 13 are random (52 bits for each millisecond). So
 * ids sort by time in every collation, are safe in URLs and are as short as MongoDB's. Hexadecimal and not a denser
 * alphabet, because then the same id can be made by Postgres's built-in functions alone: the column's default needs no
 * function of ours, works in psql, over HTTP, after `drizzle-kit push` and in a restored dump.
 *
 * Ids made in code (`newId`, and every insert through Drizzle) rise strictly within a process; those made by the database rise from
 * one millisecond to the next.
 *
 * @example
 * const users = snakeCase.table('users', { id: prefixedId('usr').primaryKey(), name: text() });
 */
export function prefixedId(prefix: string) {
  const checked = checkPrefix(prefix);
  const column = text()
    .notNull()
    .default(sql.raw(defaultText(checked)));
  return marked(
    column.$defaultFn(() => newId(checked)),
    { kind: 'prefixedId', prefix: checked },
  );
}

const TIME_DIGITS = 11;
const RANDOM_DIGITS = 13;
const RANDOM_SPACE = 2 ** (4 * RANDOM_DIGITS);

let lastTime = 0;
let lastRandom = 0;

/** A new id with this prefix. Within one millisecond, or when the clock goes back, the random part of the last id goes up by one. */
export function newId(prefix: string, now: number = Date.now()): string {
  if (now > lastTime) {
    lastTime = now;
    lastRandom = randomPart();
  } else if (++lastRandom === RANDOM_SPACE) {
    lastTime += 1;
    lastRandom = 0;
  }
  const time = lastTime.toString(16).padStart(TIME_DIGITS, '0');
  return `${prefix}_${time}${lastRandom.toString(16).padStart(RANDOM_DIGITS, '0')}`;
}

/** When an id was made, or undefined for text that is no such id. */
export function idTime(id: string): Date | undefined {
  const digits = /^[a-z][a-z0-9_]*_([0-9a-f]{11})[0-9a-f]{13}$/.exec(id)?.[1];
  return digits === undefined ? undefined : new Date(Number.parseInt(digits, 16));
}

/** 51 bits, so that the increments within a millisecond never meet the end of the space in practice. */
function randomPart(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x7ffff) * 2 ** 32 + low;
}

function checkPrefix(prefix: string): string {
  if (/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(prefix)) return prefix;
  throw new HutchError('id_prefix_invalid', { details: `The prefix was ${JSON.stringify(prefix)}.`, field: prefix });
}

/** As Postgres prints it back, so that a comparison with the live default finds no drift. */
function defaultText(prefix: string): string {
  const time = `lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint), ${TIME_DIGITS}, '0'::text)`;
  const random = `"right"(replace((gen_random_uuid())::text, '-'::text, ''::text), ${RANDOM_DIGITS})`;
  return `(('${prefix}_'::text || ${time}) || ${random})`;
}
