import { literal } from '../../db/quoting.ts';

/** What is left out of a state: the ledgers, and what extensions bring. */
export interface Leave {
  /** Schemas left out whole. */
  readonly schemas: readonly string[];
  /** Tables left out, as `schema.table`. */
  readonly tables: readonly string[];
}

/** One SELECT for each kind; run with an empty `search_path`, so that Postgres qualifies every name it prints. */
export function stateQueries(leave: Leave): Readonly<Record<string, string>> {
  const schemas = leave.schemas.map(literal).join(', ') || "''";
  const tables = leave.tables.map(literal).join(', ') || "''";
  const own = (alias: string) =>
    `${alias}.nspname not in ('pg_catalog', 'information_schema', ${schemas}) and ${alias}.nspname not like 'pg\\_toast%' and ${alias}.nspname not like 'pg\\_temp%'`;
  const notExtension = (catalog: string, oid: string) =>
    `not exists (select 1 from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;
  const notLedger = (space: string, table: string) => `${space}.nspname || '.' || ${table}.relname not in (${tables})`;
  const acl = (
    kind: string,
    column: string,
    owner: string,
  ) => `(select coalesce(json_agg(a.item order by a.item), '[]') from (
    select case when x.grantee = 0 then 'public' else x.grantee::regrole::text end || ':' || x.privilege_type
      || case when x.is_grantable then '*' else '' end as item
    from aclexplode(coalesce(${column}, acldefault('${kind}', ${owner}))) x where x.grantee <> ${owner}) a)`;
  const comment = (catalog: string, oid: string) => `obj_description(${oid}, '${catalog}')`;
  const ownTable = `c.relkind in ('r', 'p') and ${own('n')} and ${notLedger('n', 'c')} and ${notExtension('pg_class', 'c.oid')}`;
  const fromTable = 'join pg_class c on c.oid = t.relid join pg_namespace n on n.oid = c.relnamespace';

  return {
    schemas: `select n.oid::int8 as oid, n.nspname as name, ${comment('pg_namespace', 'n.oid')} as comment,
      ${acl('n', 'n.nspacl', 'n.nspowner')} as acl
      from pg_namespace n where ${own('n')} and ${notExtension('pg_namespace', 'n.oid')} order by n.nspname`,
    extensions: `select e.oid::int8 as oid, e.extname as name, n.nspname as schema
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname <> 'plpgsql' order by e.extname`,
    enums: `select y.oid::int8 as oid, n.nspname as schema, y.typname as name, ${comment('pg_type', 'y.oid')} as comment,
      (select json_agg(l.enumlabel order by l.enumsortorder) from pg_enum l where l.enumtypid = y.oid) as labels
      from pg_type y join pg_namespace n on n.oid = y.typnamespace
      where y.typtype = 'e' and ${own('n')} and ${notExtension('pg_type', 'y.oid')} order by 2, 3`,
    domains: `select y.oid::int8 as oid, n.nspname as schema, y.typname as name, ${comment('pg_type', 'y.oid')} as comment,
      format_type(y.typbasetype, y.typtypmod) as base, y.typnotnull as "notNull", y.typdefault as "default",
      (select quote_ident(cn.nspname) || '.' || quote_ident(o.collname) from pg_collation o
        join pg_namespace cn on cn.oid = o.collnamespace
        join pg_type b on b.oid = y.typbasetype
        where o.oid = y.typcollation and y.typcollation <> b.typcollation) as collation,
      (select coalesce(json_agg(json_build_object('name', k.conname, 'def', pg_get_constraintdef(k.oid)) order by k.conname), '[]')
        from pg_constraint k where k.contypid = y.oid and k.contype = 'c') as checks
      from pg_type y join pg_namespace n on n.oid = y.typnamespace
      where y.typtype = 'd' and ${own('n')} and ${notExtension('pg_type', 'y.oid')} order by 2, 3`,
    composites: `select y.oid::int8 as oid, n.nspname as schema, y.typname as name, ${comment('pg_type', 'y.oid')} as comment,
      (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum), '[]')
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as attributes
      from pg_type y join pg_namespace n on n.oid = y.typnamespace join pg_class c on c.oid = y.typrelid and c.relkind = 'c'
      where ${own('n')} and ${notExtension('pg_type', 'y.oid')} order by 2, 3`,
    sequences: `select c.oid::int8 as oid, n.nspname as schema, c.relname as name, ${comment('pg_class', 'c.oid')} as comment,
      ${acl('s', 'c.relacl', 'c.relowner')} as acl, format_type(s.seqtypid, null) as type, s.seqstart::text as start,
      s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcache::text as cache, s.seqcycle as cycle,
      (select quote_ident(tn.nspname) || '.' || quote_ident(tc.relname) || '.' || quote_ident(a.attname)
        from pg_depend d join pg_class tc on tc.oid = d.refobjid join pg_namespace tn on tn.oid = tc.relnamespace
        join pg_attribute a on a.attrelid = tc.oid and a.attnum = d.refobjsubid
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'a') as "ownedBy"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_sequence s on s.seqrelid = c.oid
      where ${own('n')} and ${notExtension('pg_class', 'c.oid')}
      and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')
      and not exists (select 1 from pg_depend d join pg_class tc on tc.oid = d.refobjid join pg_namespace tn on tn.oid = tc.relnamespace
        where d.objid = c.oid and d.deptype = 'a' and tn.nspname || '.' || tc.relname in (${tables}))
      order by 2, 3`,
    tables: `select c.oid::int8 as oid, n.nspname as schema, c.relname as name, ${comment('pg_class', 'c.oid')} as comment,
      ${acl('r', 'c.relacl', 'c.relowner')} as acl, c.relkind = 'p' as partitioned, c.relpersistence = 'u' as unlogged,
      c.relrowsecurity as rls, c.relforcerowsecurity as "forceRls", to_json(coalesce(c.reloptions, '{}')) as options,
      pg_get_partkeydef(c.oid) as "partitionKey", pg_get_expr(c.relpartbound, c.oid) as "partitionBound",
      (select coalesce(json_agg(i.inhparent::regclass::text order by i.inhseqno), '[]') from pg_inherits i where i.inhrelid = c.oid) as parents,
      c.relreplident as "replicaIdentity"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ownTable} order by c.oid`,
    columns: `select a.attrelid::int8 as "table", a.attnum as number, a.attname as name,
      col_description(a.attrelid, a.attnum) as comment, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
      case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as "default",
      case when a.attgenerated <> '' then json_build_object('expression', pg_get_expr(d.adbin, d.adrelid), 'stored', a.attgenerated = 's') end as generated,
      case when a.attidentity <> '' then (select json_build_object('always', a.attidentity = 'a', 'start', s.seqstart::text,
        'increment', s.seqincrement::text, 'min', s.seqmin::text, 'max', s.seqmax::text, 'cache', s.seqcache::text, 'cycle', s.seqcycle,
        'sequence', s.seqrelid::regclass::text)
        from pg_depend e join pg_sequence s on s.seqrelid = e.objid
        where e.classid = 'pg_class'::regclass and e.refobjid = a.attrelid and e.refobjsubid = a.attnum and e.deptype = 'i') end as identity,
      (select quote_ident(cn.nspname) || '.' || quote_ident(o.collname) from pg_collation o
        join pg_namespace cn on cn.oid = o.collnamespace join pg_type y on y.oid = a.atttypid
        where o.oid = a.attcollation and a.attcollation <> y.typcollation) as collation,
      (select coalesce(json_agg(x.item order by x.item), '[]') from (
        select case when p.grantee = 0 then 'public' else p.grantee::regrole::text end || ':' || p.privilege_type
        || case when p.is_grantable then '*' else '' end as item from aclexplode(a.attacl) p) x) as acl
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attnum > 0 and not a.attisdropped and ${ownTable} order by a.attrelid, a.attnum`,
    constraints: `select t.oid::int8 as oid, t.conrelid::int8 as "table", t.conname as name, t.contype as type,
      pg_get_constraintdef(t.oid) as def, ${comment('pg_constraint', 't.oid')} as comment,
      nullif(t.confrelid, 0)::int8 as "references", to_json(t.conkey) as keys, to_json(t.confkey) as "referencedKeys"
      from (select *, conrelid as relid from pg_constraint) t ${fromTable}
      where t.contype in ('p', 'u', 'c', 'f', 'x') and t.conislocal and t.conparentid = 0 and ${ownTable} order by t.oid`,
    indexes: `select t.indexrelid::int8 as oid, t.indrelid::int8 as "table", ic.relname as name, n.nspname as schema,
      t.indisvalid as valid, pg_get_indexdef(t.indexrelid) as def, ${comment('pg_class', 't.indexrelid')} as comment
      from (select *, indrelid as relid from pg_index) t ${fromTable} join pg_class ic on ic.oid = t.indexrelid
      where ${ownTable.replace("c.relkind in ('r', 'p')", "c.relkind in ('r', 'p', 'm')")} and not ic.relispartition
      and not exists (select 1 from pg_constraint k where k.conindid = t.indexrelid and k.contype in ('p', 'u', 'x'))
      order by t.indexrelid`,
    triggers: `select t.oid::int8 as oid, t.tgrelid::int8 as "table", t.tgname as name, pg_get_triggerdef(t.oid) as def,
      t.tgenabled as enabled, ${comment('pg_trigger', 't.oid')} as comment
      from (select *, tgrelid as relid from pg_trigger) t ${fromTable}
      where not t.tgisinternal and t.tgparentid = 0 and ${ownTable.replace("c.relkind in ('r', 'p')", "c.relkind in ('r', 'p', 'v')")} order by t.oid`,
    policies: `select t.oid::int8 as oid, t.polrelid::int8 as "table", t.polname as name, ${comment('pg_policy', 't.oid')} as comment,
      'AS ' || case when t.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end
      || ' FOR ' || case t.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end
      || ' TO ' || (select string_agg(case when r.role = 0 then 'public' else r.role::regrole::text end, ', ' order by r.place)
        from unnest(t.polroles) with ordinality as r(role, place))
      || coalesce(' USING (' || pg_get_expr(t.polqual, t.polrelid) || ')', '')
      || coalesce(' WITH CHECK (' || pg_get_expr(t.polwithcheck, t.polrelid) || ')', '') as def
      from (select *, polrelid as relid from pg_policy) t ${fromTable} where ${ownTable} order by t.oid`,
    rules: `select t.oid::int8 as oid, t.ev_class::int8 as "table", t.rulename as name, pg_get_ruledef(t.oid) as def
      from (select *, ev_class as relid from pg_rewrite) t ${fromTable}
      where t.rulename <> '_RETURN' and ${ownTable.replace("c.relkind in ('r', 'p')", "c.relkind in ('r', 'p', 'v')")} order by t.oid`,
    views: `select c.oid::int8 as oid, n.nspname as schema, c.relname as name, ${comment('pg_class', 'c.oid')} as comment,
      ${acl('r', 'c.relacl', 'c.relowner')} as acl, c.relkind = 'm' as materialized, pg_get_viewdef(c.oid) as def,
      to_json(coalesce(c.reloptions, '{}')) as options
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('v', 'm') and ${own('n')} and ${notExtension('pg_class', 'c.oid')} order by c.oid`,
    functions: `select p.oid::int8 as oid, n.nspname as schema, p.proname as name, ${comment('pg_proc', 'p.oid')} as comment,
      ${acl('f', 'p.proacl', 'p.proowner')} as acl, p.prokind as kind, pg_get_function_identity_arguments(p.oid) as args,
      pg_get_function_result(p.oid) as result, pg_get_functiondef(p.oid) as def
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prokind <> 'a' and ${own('n')} and ${notExtension('pg_proc', 'p.oid')} order by p.oid`,
    roles: `select r.oid::int8 as oid, r.rolname as name, concat_ws(' ',
      case when r.rolsuper then 'SUPERUSER' end, case when r.rolcreatedb then 'CREATEDB' end, case when r.rolcreaterole then 'CREATEROLE' end,
      case when not r.rolinherit then 'NOINHERIT' end, case when r.rolcanlogin then 'LOGIN' end,
      case when r.rolreplication then 'REPLICATION' end, case when r.rolbypassrls then 'BYPASSRLS' end,
      case when r.rolconnlimit <> -1 then 'CONNECTION LIMIT ' || r.rolconnlimit end) as attributes
      from pg_roles r where r.oid >= 16384 order by r.rolname`,
    others: `select 'publication' as kind, pubname::text as name from pg_publication
      union all select 'event trigger', t.evtname::text from pg_event_trigger t
        join pg_proc p on p.oid = t.evtfoid where p.pronamespace <> all (select oid from pg_namespace where nspname = 'hutch')
      union all select 'extended statistics', stxname::text from pg_statistic_ext
      union all select 'cast', castsource::regtype || ' to ' || casttarget::regtype from pg_cast where oid >= 16384
        and ${notExtension('pg_cast', 'pg_cast.oid')}
      union all select 'operator', oid::regoperator::text from pg_operator where oid >= 16384 and ${notExtension('pg_operator', 'pg_operator.oid')}
      union all select 'aggregate', p.oid::regprocedure::text from pg_proc p where p.prokind = 'a' and p.oid >= 16384 and ${notExtension('pg_proc', 'p.oid')}
      union all select 'text search configuration', cfgname::text from pg_ts_config where oid >= 16384 and ${notExtension('pg_ts_config', 'pg_ts_config.oid')}
      union all select 'collation', collname::text from pg_collation where oid >= 16384 and ${notExtension('pg_collation', 'pg_collation.oid')}
      union all select 'foreign server', srvname::text from pg_foreign_server
      union all select 'default privileges', defaclrole::regrole || ' ' || defaclobjtype::text || ' ' || defaclacl::text from pg_default_acl
      union all select 'range type', y.oid::regtype::text from pg_type y where y.typtype = 'r' and y.oid >= 16384 and ${notExtension('pg_type', 'y.oid')}
      order by 1, 2`,
    dependencies: `select distinct 'view' as kind, r.ev_class::int8 as oid, d.refobjid::int8 as "table", d.refobjsubid as "column"
      from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
      join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
      where d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class and ${own('n')}
      union all select distinct 'policy', d.objid::int8, d.refobjid::int8, d.refobjsubid from pg_depend d
      where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass
      union all select distinct 'trigger', d.objid::int8, d.refobjid::int8, d.refobjsubid from pg_depend d
      where d.classid = 'pg_trigger'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0`,
  };
}
