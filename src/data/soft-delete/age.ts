import { type SQL, sql } from 'drizzle-orm';
import { HutchError } from '../../errors/index.ts';

type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** A length of time: `'30 days'`, or milliseconds. */
export type Age = `${number} ${Unit}${'s' | ''}` | number;

const WORDS = /^\d+(\.\d+)? (second|minute|hour|day|week|month|year)s?$/;

/** As an interval in SQL. @throws HutchError `age_invalid` */
export function intervalOf(age: Age): SQL {
  return sql`${intervalText(age)}::interval`;
}

/** As Postgres reads an interval: in seconds, since 14 takes no more milliseconds than a month has. @throws HutchError `age_invalid` */
export function intervalText(age: Age): string {
  if (typeof age === 'number' && Number.isFinite(age) && age >= 0) return `${age / 1_000} seconds`;
  if (typeof age === 'string' && WORDS.test(age)) return age;
  throw new HutchError('age_invalid', {
    details: `Got ${JSON.stringify(age)}.`,
    hint: "Say for instance '30 days', or a number of milliseconds.",
  });
}
