import { bodies, calls } from './own-code.ts';
import { settingsChanged } from './settings-changed.ts';
import { settingsKept } from './settings-kept.ts';
import { settingsRead } from './settings-read.ts';

/**
 * The one query behind the catalog: rows of the system catalogs as they are, as one JSON document. What can be worked out
 * from them (relationships, types beneath domains, lengths) is left to TypeScript, which does it faster than SQL joins.
 *
 * $1 exposed schemas and $2 schemas in which views are followed as well, both as JSON arrays of names.
 */
export function catalogQuery(versionNumber: number): string {
  // The search path must be empty, so that type names come out qualified. CASE evaluates its condition first, and a
  // subquery that depends on nothing outside it only when its value is asked for: so this holds for all that follows.
  return `
SELECT CASE WHEN set_config('search_path', '', true) = '' THEN (
  WITH
  exposed AS MATERIALIZED (
    SELECT n.oid, n.nspname, obj_description(n.oid, 'pg_namespace') AS description
    FROM pg_namespace n WHERE n.nspname IN (SELECT json_array_elements_text($1::json))
  ),
  followed AS MATERIALIZED (
    SELECT oid FROM pg_namespace WHERE nspname IN (
      SELECT json_array_elements_text($1::json) UNION SELECT json_array_elements_text($2::json))
  ),
  internal AS MATERIALIZED (
    SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema', 'pg_toast')
  ),
  relations AS MATERIALIZED (
    SELECT c.oid, e.nspname, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.reltype
    FROM pg_class c JOIN exposed e ON e.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition
  ),
  attributes AS MATERIALIZED (
    SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated, a.atthasdef
    FROM pg_attribute a JOIN relations r ON r.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped
  ),
  procs AS MATERIALIZED (
    SELECT p.oid, e.nspname, p.proname, p.prokind, p.proargnames, p.proargmodes, p.proallargtypes, p.proargtypes, p.pronargs,
      p.pronargdefaults, p.prorettype, p.proretset, p.prorows, p.provolatile, p.provariadic, p.proconfig
    FROM pg_proc p JOIN exposed e ON e.oid = p.pronamespace WHERE p.prokind IN ('f', 'a')
  ),
  calls AS MATERIALIZED (${calls}
  ),
  bodies AS MATERIALIZED (${bodies}
  )
  SELECT json_build_object(
    'version', current_setting('server_version'),
    'versionNumber', current_setting('server_version_num')::int,
    'schemas', (SELECT json_agg(s) FROM (SELECT nspname AS name, description FROM exposed) s),
    'tables', (${tables}),
    'columns', (${columns}),
    'constraints', (${constraints}),
    'outside', (${outside}),
    'indexes', (${indexes}),
    'types', (${types}),
    'routines', (${routines}),
    'views', (${views}),
    'casts', (${casts}),
    'roles', (${roles(versionNumber)}),
    'settingsRead', (${settingsRead}),
    'settingsChanged', (${settingsChanged}),
    'settingsKept', (${settingsKept})
  ))::text END,
  set_config('search_path', before.path, true)
FROM (SELECT current_setting('search_path') AS path OFFSET 0) AS before`;
}

const tables = `
  SELECT json_agg(t) FROM (
    SELECT r.oid::int8, r.nspname AS schema, r.relname AS name, r.relkind AS kind, d.description,
      CASE WHEN r.relkind IN ('v', 'f') THEN pg_relation_is_updatable(r.oid, true) END AS updatable,
      r.oid IN (SELECT tgrelid FROM pg_trigger WHERE tgname = 'hutch_delete' AND NOT tgisinternal) AS "softDelete",
      r.relrowsecurity AS "rowSecurity", r.relacl::text[] AS acl, r.reltype::int8 AS "rowType"
    FROM relations r
    LEFT JOIN pg_description d ON d.objoid = r.oid AND d.objsubid = 0 AND d.classoid = 'pg_class'::regclass
    ORDER BY r.nspname COLLATE "C", r.relname COLLATE "C"
  ) t`;

/**
 * A default refers to no column, so it is printed without its table: that would be opened for it. A type without modifiers is
 * printed once, among the types; but `char` and `bit` without a length are not what they are with none asked for.
 */
const columns = `
  SELECT json_agg(json_build_array(
    a.attrelid::int8, a.attnum, a.attname, a.atttypid::int8, a.atttypmod,
    CASE WHEN a.atttypmod >= 0 OR a.atttypid IN (1042, 1560, 1014, 1561) THEN format_type(a.atttypid, a.atttypmod) END,
    a.attnotnull,
    CASE
      WHEN s.objid IS NOT NULL THEN format('nextval(%L)', s.objid::regclass)
      WHEN a.atthasdef AND a.attgenerated = '' THEN pg_get_expr(ad.adbin, 0)
    END,
    a.attidentity, a.attgenerated, d.description,
    CASE WHEN r.relkind IN ('v', 'f') THEN pg_column_is_updatable(a.attrelid, a.attnum, true) END
  ) ORDER BY a.attrelid, a.attnum)
  FROM attributes a
  JOIN relations r ON r.oid = a.attrelid
  LEFT JOIN pg_depend s ON a.attidentity = 'd' AND s.deptype = 'i' AND s.classid = 'pg_class'::regclass
    AND s.refclassid = 'pg_class'::regclass AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum
  LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
  LEFT JOIN pg_description d ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.classoid = 'pg_class'::regclass`;

/** Keys of all schemas, because views may show tables of schemas that are not exposed. */
const constraints = `
  SELECT json_agg(k) FROM (
    SELECT k.conname AS name, k.contype AS type, k.conrelid::int8 AS table, k.conkey AS key,
      k.confrelid::int8 AS "foreignTable", k.confkey AS "foreignKey", k.confdeltype AS "onDelete", k.confupdtype AS "onUpdate",
      k.conparentid <> 0 AS inherited
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype IN ('p', 'u', 'f') AND c.relnamespace NOT IN (SELECT oid FROM internal)
    ORDER BY k.conrelid, k.conname
  ) k`;

/** Names of keys' columns in relations that are no tables of the API themselves. */
const outside = `
  SELECT json_agg(o) FROM (
    SELECT c.oid::int8, n.nspname AS schema, c.relname AS name,
      json_agg(json_build_array(a.attnum, a.attname)) AS columns
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relkind IN ('r', 'p', 'f') AND n.oid NOT IN (SELECT oid FROM internal)
      AND c.oid NOT IN (SELECT oid FROM relations)
      AND c.oid IN (SELECT conrelid FROM pg_constraint UNION SELECT confrelid FROM pg_constraint)
    GROUP BY c.oid, n.nspname, c.relname
  ) o`;

/** Unique indexes on plain columns that no constraint stands for; an upsert can name them too. */
const indexes = `
  SELECT json_agg(i) FROM (
    SELECT i.indrelid::int8 AS table, c.relname AS name, pg_get_expr(i.indpred, i.indrelid) AS where,
      (i.indkey::int2[])[0:i.indnkeyatts - 1] AS key
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indisunique AND i.indisvalid AND i.indexprs IS NULL AND i.indrelid IN (SELECT oid FROM relations)
      AND i.indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x'))
    ORDER BY c.relname COLLATE "C"
  ) i`;

/** Row types of tables, and arrays of them, only where a column or a function uses them: there may be thousands. */
const types = `
  SELECT json_agg(json_strip_nulls(row_to_json(t))) FROM (
    SELECT t.oid::int8, n.nspname AS schema, t.typname AS name, format_type(t.oid, NULL) AS display,
      CASE WHEN t.typtype = 'c' AND c.relkind <> 'c' THEN 'w' ELSE t.typtype END AS kind,
      CASE WHEN t.typlen = -1 AND t.typelem <> 0 THEN t.typelem::int8 END AS element,
      CASE WHEN t.typtype = 'd' THEN json_build_object('type', t.typbasetype::int8, 'mod', t.typtypmod,
        'notNull', t.typnotnull, 'default', pg_get_expr(t.typdefaultbin, 0)) END AS domain,
      CASE WHEN t.typtype = 'e' THEN (SELECT json_agg(enumlabel ORDER BY enumsortorder)
        FROM pg_enum WHERE enumtypid = t.oid) END AS labels,
      CASE WHEN c.relkind = 'c' THEN (SELECT coalesce(json_agg(json_build_object('name', attname,
          'type', format_type(atttypid, atttypmod), 'typeOid', atttypid::int8) ORDER BY attnum), '[]')
        FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) END AS attributes,
      CASE WHEN t.typtype IN ('e', 'd', 'c') THEN obj_description(t.oid, 'pg_type') END AS description
    FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typlen = -1
    LEFT JOIN pg_class ec ON ec.oid = e.typrelid
    WHERE (coalesce(c.relkind, 'c') = 'c' AND coalesce(ec.relkind, 'c') = 'c' AND n.nspname <> 'information_schema')
      OR t.oid IN (
        SELECT atttypid FROM attributes
        UNION SELECT prorettype FROM procs
        UNION SELECT unnest(coalesce(proallargtypes, proargtypes::oid[])) FROM procs)
  ) t`;

const routines = `
  SELECT json_agg(p) FROM (
    SELECT p.oid::int8, p.nspname AS schema, p.proname AS name, p.prokind AS kind, d.description,
      p.proargnames AS names, p.proargmodes::text[] AS modes,
      coalesce(p.proallargtypes, p.proargtypes::oid[])::int8[] AS types,
      p.pronargs AS count, p.pronargdefaults AS defaults, p.prorettype::int8 AS returns, p.proretset AS "isSet",
      p.prorows AS rows, p.provolatile AS volatility, p.provariadic <> 0 AS "isVariadic", p.proconfig AS config
    FROM procs p
    LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
    ORDER BY p.nspname COLLATE "C", p.proname COLLATE "C", p.oid
  ) p`;

const views = `
  SELECT json_agg(v) FROM (
    SELECT c.oid::int8, n.nspname AS schema, c.relname AS name, n.oid IN (SELECT oid FROM exposed) AS exposed,
      (SELECT coalesce(json_agg(json_build_array(attnum, attname)), '[]') FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
      r.ev_action::text AS definition
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_rewrite r ON r.ev_class = c.oid AND r.ev_type = '1'
    WHERE c.relkind IN ('v', 'm') AND n.oid IN (SELECT oid FROM followed)
    ORDER BY c.oid
  ) v`;

/** Domain representations: implicit casts by function, from or to a domain on one side, json or text on the other. */
const casts = `
  SELECT json_agg(json_build_array(c.castsource::regtype, c.casttarget::regtype, c.castfunc::regproc))
  FROM pg_cast c JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
  WHERE c.castcontext = 'i' AND c.castmethod = 'f'
    AND ((s.typtype = 'd' AND c.casttarget IN ('json'::regtype, 'text'::regtype))
      OR (t.typtype = 'd' AND c.castsource IN ('json'::regtype, 'text'::regtype)))
    AND has_function_privilege(c.castfunc, 'execute')`;

/** Only settings that the connected user may set for others: the rest would fail every request of that role. */
const roles = (versionNumber: number): string => `
  SELECT json_agg(json_build_array(r.rolname, s.setting))
  FROM pg_roles r, unnest(r.rolconfig) AS s(setting)
  WHERE r.rolconfig IS NOT NULL AND r.rolname <> current_user AND pg_has_role(current_user, r.oid, 'member')
    AND EXISTS (
      SELECT FROM pg_settings p WHERE p.name = split_part(s.setting, '=', 1) AND (p.context = 'user'
        ${versionNumber >= 150000 ? `OR has_parameter_privilege(current_user, p.name, 'set')` : ''}))`;
