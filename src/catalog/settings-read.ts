/**
 * Which settings the code that lies in a database can read: what a request sets for its transaction, and nobody can read, need not be
 * set. Readers are `current_setting()`, SHOW, `pg_settings`, and whatever runs SQL that it is given as text. Where a name is not written
 * out beside the reader, any setting may be meant. In doubt that is what is said: to set what nobody reads costs a little time, to keep
 * back what somebody reads would change what he does.
 *
 * Code is searched where Postgres keeps it: bodies of functions as their text; policies, views, rules, defaults, checks, conditions of
 * triggers, arguments' defaults and bodies of SQL's standard as node trees, in which functions stand by OID. Operators, casts and
 * aggregates over a reader would hide it from both. Indexes, partitions and generated columns are of immutable functions, which no reader is.
 *
 * Functions that an extension brings, and Hutch's own (schema `hutch`), know nothing of requests unless they say so: those that name
 * `request.…` or `app.settings.…` are searched as all others, and the rest, and what is compiled, is taken to read neither.
 */

/** A pattern as SQL, whatever a backslash means to the session. */
const pattern = (text: string): string => `$re$${text}$re$`;

/** The C functions behind readers that take a name, or give all. */
const READERS = `'show_config_by_name', 'show_config_by_name_missing_ok', 'show_all_settings'`;

/** Functions that run SQL which they get as text: Postgres's own, and those of extensions that do so in the caller's session. */
const RUNNERS =
  '(query_to_xml\\w*|ts_stat|ts_rewrite|crosstab\\w*|connectby|xpath_table|create_immv|_?pgr_\\w+|cypher)';

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

/** Characters of a node tree in which that surely has its place. */
const CALL_LENGTH = 500;

/** The first OID that is not Postgres's own. */
const OWN = 16_384;

const trees = `
  SELECT ev_action::text AS tree FROM pg_rewrite WHERE ev_class >= ${OWN}
  UNION ALL SELECT ev_qual::text FROM pg_rewrite WHERE ev_class >= ${OWN}
  UNION ALL SELECT polqual::text FROM pg_policy
  UNION ALL SELECT polwithcheck::text FROM pg_policy
  UNION ALL SELECT adbin::text FROM pg_attrdef
  UNION ALL SELECT conbin::text FROM pg_constraint WHERE conbin IS NOT NULL
  UNION ALL SELECT tgqual::text FROM pg_trigger WHERE tgqual IS NOT NULL
  UNION ALL SELECT typdefaultbin::text FROM pg_type WHERE typdefaultbin IS NOT NULL
  UNION ALL SELECT proargdefaults::text FROM pg_proc WHERE proargdefaults IS NOT NULL
  UNION ALL SELECT prosqlbody::text FROM pg_proc WHERE prosqlbody IS NOT NULL`;

/** A JSON array of names in lower case; null among them stands for any. Refers to `exposed`. */
export const settingsRead = `
  WITH
  readers AS MATERIALIZED (
    SELECT p.oid, l.lanname = 'internal' AND p.prosrc LIKE 'show_config_by_name%' AS named
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE (l.lanname = 'internal' AND p.prosrc IN (${READERS}))
      OR (l.lanname IN ('internal', 'c') AND p.proname ~ ${pattern(`^${RUNNERS}$`)})
  ),
  calls AS MATERIALIZED (
    SELECT DISTINCT r.named, left(c.call, ${CALL_LENGTH}) AS call
    FROM (${trees}) t, unnest(string_to_array(t.tree, 'funcid ')) c(call)
    JOIN readers r ON r.oid::text = split_part(left(c.call, 12), ' ', 1)
  ),
  bodies AS MATERIALIZED (
    SELECT p.prosrc AS body, l.lanname AS language
    FROM pg_language l JOIN pg_proc p ON p.prolang = l.oid
    WHERE l.lanname <> 'internal' AND (l.lanname <> 'c' OR p.oid >= ${OWN})
      AND CASE
        WHEN p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname = 'hutch')
          OR p.oid IN (SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'e')
        THEN l.lanname <> 'c' AND p.prosrc ~* ${pattern('\\m(request|app\\.settings)\\.')}
        ELSE true
      END
  ),
  found(name) AS (
    SELECT CASE WHEN named THEN (
      SELECT string_agg(chr(byte::int), '' ORDER BY at)
      FROM unnest((string_to_array(substring(call FROM ${pattern(NAME_IN_TREE)}), ' '))[5:]) WITH ORDINALITY b(byte, at)
    ) END FROM calls
    UNION ALL SELECT m.match[1] FROM bodies, regexp_matches(body, ${pattern(NAME_IN_BODY)}, 'gi') m(match)
    UNION ALL SELECT NULL FROM bodies WHERE language NOT IN ('sql', 'plpgsql') OR body ~* ${pattern(ANY_IN_BODY)}
    UNION ALL SELECT NULL FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = 'pg_catalog.pg_settings'::regclass
      AND objid::int8 >= ${OWN}
    UNION ALL SELECT NULL FROM readers r JOIN pg_proc p USING (oid)
      WHERE p.pronamespace IN (SELECT oid FROM exposed) OR (p.oid >= ${OWN} AND p.prosrc IN (${READERS}))
    UNION ALL SELECT NULL FROM readers r WHERE r.oid IN (
      SELECT oprcode FROM pg_operator UNION ALL SELECT castfunc FROM pg_cast
      UNION ALL SELECT f FROM pg_aggregate, LATERAL (VALUES (aggtransfn), (aggfinalfn), (aggcombinefn), (aggmtransfn), (aggmfinalfn)) a(f)
      WHERE aggfnoid >= ${OWN})
  )
  SELECT json_agg(DISTINCT lower(name)) FROM found`;
