/**
 * The code that lies in a database, searched for what it may read or change. It is searched where Postgres keeps it: bodies of functions as
 * their text; policies, views, rules, defaults, checks, conditions of triggers, arguments' defaults and bodies of SQL's standard as node
 * trees, in which functions stand by OID. Operators, casts and aggregates over a function hide it from both. Indexes, partitions and
 * generated columns are of immutable functions, which neither read settings nor change them.
 *
 * Functions that an extension brings, and Hutch's own (schema `hutch`), know nothing of requests unless they say so: those that name
 * `request.…` or `app.settings.…` are searched as all others, and the rest, and what is compiled, is taken to have nothing to do with them.
 */

/** A pattern as SQL, whatever a backslash means to the session. */
export const pattern = (text: string): string => `$re$${text}$re$`;

/** Functions that run SQL which they get as text: Postgres's own, and those of extensions that do so in the caller's session. */
export const RUNNERS =
  '(query_to_xml\\w*|ts_stat|ts_rewrite|crosstab\\w*|connectby|xpath_table|create_immv|_?pgr_\\w+|cypher)';

/** Characters of a node tree in which that surely has its place. */
const CALL_LENGTH = 500;

/** The first OID that is not Postgres's own. */
export const OWN = 16_384;

/** Every node tree, in a column of that name. */
export const trees = `
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

/** Every call in a node tree: the function's OID and what follows it. */
export const calls = `
  SELECT DISTINCT split_part(left(c.call, 12), ' ', 1) AS function, left(c.call, ${CALL_LENGTH}) AS call
  FROM (${trees}) t, unnest(string_to_array(t.tree, 'funcid ')) c(call)`;

/** The functions whose text is searched. */
export const bodies = `
  SELECT p.oid, p.proname AS name, p.proargtypes AS arguments, p.prosrc AS body, l.lanname AS language
  FROM pg_language l JOIN pg_proc p ON p.prolang = l.oid
  WHERE l.lanname <> 'internal' AND (l.lanname <> 'c' OR p.oid >= ${OWN})
    AND CASE
      WHEN p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname = 'hutch')
        OR p.oid IN (SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'e')
      THEN l.lanname <> 'c' AND p.prosrc ~* ${pattern('\\m(request|app\\.settings)\\.')}
      ELSE true
    END`;

/** What operators, casts and aggregates are made of. */
export const hidden = `
  SELECT oprcode FROM pg_operator UNION ALL SELECT castfunc FROM pg_cast
  UNION ALL SELECT f FROM pg_aggregate, LATERAL (VALUES (aggtransfn), (aggfinalfn), (aggcombinefn), (aggmtransfn), (aggmfinalfn)) a(f)
  WHERE aggfnoid >= ${OWN}`;
