import { literal, qualified } from '../../db/quoting.ts';

/** Where the statements wait, within the transaction. */
const KEPT = 'hutch.kept_views';

/** What a view has besides its query, as statements that find some of it there already, or not. */
const PUT_BACK = `
    SELECT 1 AS place, format('ALTER %s %s SET (%s)', v.kind, v.name, array_to_string(v.reloptions, ', ')) AS sql WHERE v.reloptions IS NOT NULL
    UNION ALL SELECT 2, regexp_replace(pg_get_indexdef(indexrelid), 'INDEX', 'INDEX IF NOT EXISTS') FROM pg_index WHERE indrelid = v.oid
    UNION ALL SELECT 3, regexp_replace(rtrim(pg_get_ruledef(oid), ';'), 'CREATE', 'CREATE OR REPLACE') FROM pg_rewrite WHERE ev_class = v.oid AND rulename <> '_RETURN'
    UNION ALL SELECT 4, regexp_replace(pg_get_triggerdef(oid), 'CREATE', 'CREATE OR REPLACE') FROM pg_trigger WHERE tgrelid = v.oid AND NOT tgisinternal
    UNION ALL SELECT 5, format('COMMENT ON %s IS %L', coalesce('COLUMN ' || v.name || '.' || quote_ident(attname), v.kind || ' ' || v.name), description)
      FROM pg_description LEFT JOIN pg_attribute ON attrelid = v.oid AND attnum = objsubid AND attnum > 0
      WHERE classoid = 'pg_class'::regclass AND objoid = v.oid
    UNION ALL SELECT 6, format('GRANT %s%s ON %s TO %s%s', privilege_type, ' (' || quote_ident(part) || ')', v.name,
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
      FROM (SELECT NULL::name, v.relacl UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = v.oid) a(part, acl), aclexplode(acl)
    UNION ALL SELECT 7, format('ALTER %s %s OWNER TO %s', v.kind, v.name, v.relowner::regrole)`;

/** Statements around those that make views anew, in one transaction: what was done to them by hand, and whose they are, is there afterwards. */
export interface KeptViews {
  readonly keep: string;
  readonly putBack: string;
}

/** `views`: those that are dropped, and come again. Privileges that only the new ones have, by default, are taken back. */
export function keptViews(views: readonly { readonly schema: string; readonly name: string }[]): KeptViews {
  const names = views.map(({ schema, name }) => literal(qualified(schema, name))).join(', ');
  return {
    keep: `-- Whose the views are, who may use them, and what else was done to them by hand
SELECT set_config('${KEPT}', (
  SELECT string_agg(kept.sql, '; ' ORDER BY kept.place)
  FROM (
    SELECT *, oid::regclass::text AS name, CASE relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS kind
    FROM pg_class WHERE oid = ANY (ARRAY[${names}]::regclass[])
  ) v, LATERAL (${PUT_BACK}
  ) kept), true)`,
    putBack: `-- is put back.
DO $views$ DECLARE fresh record; BEGIN
  IF coalesce(current_setting('${KEPT}', true), '') = '' THEN RETURN; END IF;
  FOR fresh IN SELECT DISTINCT oid::regclass AS name, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS grantee
    FROM pg_class, aclexplode(relacl) WHERE oid = ANY (ARRAY[${names}]::regclass[]) AND grantee <> relowner
  LOOP EXECUTE format('REVOKE ALL ON %s FROM %s', fresh.name, fresh.grantee); END LOOP;
  EXECUTE current_setting('${KEPT}');
END $views$`,
  };
}
