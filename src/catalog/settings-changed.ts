import { hidden, OWN, pattern, RUNNERS } from './own-code.ts';

/**
 * Whether code that a read can reach may change a setting, which then holds for the rest of the transaction: reads of one caller share
 * one only where no code can. In doubt it may.
 *
 * A read reaches what stands in a node tree, what takes a row (computed columns and relationships), what operators, casts and aggregates are
 * made of, and what any of these may call by its name.
 */

/** What a body has that may change a setting. */
const CHANGES = ['\\m(set|reset|discard|execute)\\M', 'set_config', 'pg_settings', `u&["']`, `\\m${RUNNERS}\\M`].join(
  '|',
);

/** True or false. Refers to `calls` and `bodies`. */
export const settingsChanged = `
  WITH
  changers AS MATERIALIZED (
    SELECT p.oid, p.prosrc
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE (l.lanname = 'internal' AND p.prosrc = 'set_config_by_name')
      OR (l.lanname IN ('internal', 'c') AND p.proname ~ ${pattern(`^${RUNNERS}$`)})
  ),
  suspects AS MATERIALIZED (
    SELECT * FROM bodies WHERE language NOT IN ('sql', 'plpgsql') OR body ~* ${pattern(CHANGES)}
  ),
  either(oid) AS (SELECT oid FROM changers UNION ALL SELECT oid FROM suspects)
  SELECT EXISTS (SELECT FROM either e WHERE e.oid::text IN (SELECT function FROM calls) OR e.oid IN (${hidden}))
    OR EXISTS (SELECT FROM changers WHERE oid >= ${OWN} AND prosrc = 'set_config_by_name')
    OR EXISTS (SELECT FROM suspects s JOIN pg_type t ON t.oid = s.arguments[0] WHERE t.typtype = 'c')
    OR EXISTS (SELECT FROM suspects s JOIN bodies b ON b.oid >= ${OWN} AND b.oid <> s.oid AND strpos(lower(b.body), lower(s.name)) > 0)`;
