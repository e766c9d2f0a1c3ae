import { hidden, OWN, pattern, RUNNERS } from './own-code.ts';

/**
 * Which settings the code that lies in the database can read: what a request sets for its transaction, and nobody can read, need not be
 * set. Readers are `current_setting()`, SHOW, `pg_settings`, and whatever runs SQL that it is given as text. Where a name is not written
 * out beside the reader, any setting may be meant. In doubt that is what is said: to set what nobody reads costs a little time, to keep
 * back what somebody reads would change what he does.
 */

/** The C functions behind readers that take a name, or give all. */
const READERS = `'show_config_by_name', 'show_config_by_name_missing_ok', 'show_all_settings'`;

/** What the body of a function has where it may read any setting. A name by itself is followed by a comma or the end. */
const ANY_IN_BODY = [
  '\\m(show|execute)\\M',
  'pg_(show_all_)?settings',
  `u&["']`,
  `\\m${RUNNERS}\\M`,
  `current_setting(?!\\s*\\(\\s*'[\\w.]+'\\s*(::\\s*text\\s*)?[,)])`,
].join('|');

const NAME_IN_BODY = "current_setting\\s*\\(\\s*'([\\w.]+)'";

/** What follows a reader's OID in a node tree, where its first argument is a text written out: its bytes, behind a header of four. */
const NAME_IN_TREE = '^\\d+ [^{}]*:args \\(\\{CONST :consttype 25 [^{}]*:constvalue \\d+ \\[ ([\\d ]+) \\]\\}';

/** A JSON array of names in lower case; null among them stands for any. Refers to `exposed`, `calls` and `bodies`. */
export const settingsRead = `
  WITH
  readers AS MATERIALIZED (
    SELECT p.oid, l.lanname = 'internal' AND p.prosrc LIKE 'show_config_by_name%' AS named
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE (l.lanname = 'internal' AND p.prosrc IN (${READERS}))
      OR (l.lanname IN ('internal', 'c') AND p.proname ~ ${pattern(`^${RUNNERS}$`)})
  ),
  named AS MATERIALIZED (SELECT DISTINCT r.named, c.call FROM calls c JOIN readers r ON r.oid::text = c.function),
  found(name) AS (
    SELECT CASE WHEN named THEN (
      SELECT string_agg(chr(byte::int), '' ORDER BY at)
      FROM unnest((string_to_array(substring(call FROM ${pattern(NAME_IN_TREE)}), ' '))[5:]) WITH ORDINALITY b(byte, at)
    ) END FROM named
    UNION ALL SELECT m.match[1] FROM bodies, regexp_matches(body, ${pattern(NAME_IN_BODY)}, 'gi') m(match)
    UNION ALL SELECT NULL FROM bodies WHERE language NOT IN ('sql', 'plpgsql') OR body ~* ${pattern(ANY_IN_BODY)}
    UNION ALL SELECT NULL FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = 'pg_catalog.pg_settings'::regclass
      AND objid::int8 >= ${OWN}
    UNION ALL SELECT NULL FROM readers r JOIN pg_proc p USING (oid)
      WHERE p.pronamespace IN (SELECT oid FROM exposed) OR (p.oid >= ${OWN} AND p.prosrc IN (${READERS}))
    UNION ALL SELECT NULL FROM readers r WHERE r.oid IN (${hidden})
  )
  SELECT json_agg(DISTINCT lower(name)) FROM found`;
