import { normalise } from './normalise.ts';

/** Words that make a SELECT write, lock, or mean this very session. */
const WRITES =
  /\b(insert|update|delete|merge|into|nextval|setval|set_config|pg_notify|pg_advisory\w*|pg_try_advisory\w*|for (?:no key )?update|for (?:key )?share)\b/i;

/**
 * Whether a statement surely only reads. What looks so and still writes (a function that does) is refused by a replica,
 * and then runs on the primary; so a wrong yes costs a round trip, and a wrong no nothing but the primary's time.
 */
export function isRead(text: string): boolean {
  const normalised = normalise(text);
  // Names in quotes are no words of SQL.
  return (
    /^(select|with|values|table|explain(?! analyze))\b/i.test(normalised) &&
    !WRITES.test(normalised.replace(/"[^"]*"/g, '""'))
  );
}
