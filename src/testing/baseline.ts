import type { Driver } from '../db/driver.ts';

/**
 * Back to the baseline in one round trip, by a function written for this very schema, so that its plans are kept. A table
 * is touched only where it differs: it has rows and had none, or its rows are fewer, more or younger than the last
 * restoring. Rows are deleted, not truncated: a truncation makes new files for a table and each of its indexes, which
 * costs a test more than all of its rows. What a test has created (tables, views, …) is dropped.
 */
const INSTALL = `
create schema hutch_baseline;
create table hutch_baseline.state as select pg_current_xact_id()::xid as restored;
create view hutch_baseline.relations as
  select c.oid, c.oid::regclass as relation, c.relkind as kind from pg_class c
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relnamespace not in
    (select oid from pg_namespace where nspname like 'pg\\_%' or nspname in ('information_schema', 'hutch_baseline'));
create table hutch_baseline.known as select oid from hutch_baseline.relations;

create function hutch_baseline.drop_strangers() returns void language plpgsql as $$
declare
  r record;
begin
  for r in select * from hutch_baseline.relations where oid not in (select oid from hutch_baseline.known) loop
    continue when not exists (select from pg_class where oid = r.oid);
    execute format('drop %s %s cascade', case r.kind when 'v' then 'view' when 'm' then 'materialized view'
      when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end, r.relation);
  end loop;
end $$;

do $$
declare
  r record;
  rows bigint;
  called boolean;
  columns text;
  body text := '';
begin
  for r in select * from hutch_baseline.relations where kind = 'r' loop
    execute format('select count(*) from only %s', r.relation) into rows;
    if rows = 0 then
      body := body || format(E'  if exists (select from only %1$s) then delete from only %1$s; end if;\\n', r.relation);
      continue;
    end if;
    execute format('create table hutch_baseline.%I as select * from only %s', 'seed_' || r.oid, r.relation);
    select string_agg(quote_ident(attname), ', ' order by attnum) into columns
      from pg_attribute where attrelid = r.oid and attnum > 0 and not attisdropped and attgenerated = '';
    body := body || format(
      E'  if (select count(*) <> %2$s or bool_or(age(xmin) < age(last)) from only %1$s) then\\n' ||
      E'    delete from only %1$s; insert into %1$s (%3$s) overriding system value select %3$s from hutch_baseline.%4$I;\\n  end if;\\n',
      r.relation, rows, columns, 'seed_' || r.oid);
  end loop;
  for r in select * from hutch_baseline.relations where kind = 'S' loop
    execute format('select last_value, is_called from %s', r.relation) into rows, called;
    body := body || format(
      E'  if (select (last_value, is_called) <> (%2$s, %3$L) from %1$s) then perform setval(%4$L, %2$s, %3$L); end if;\\n',
      r.relation, rows, called, r.relation);
  end loop;
  execute format('create function hutch_baseline.restore() returns void language plpgsql as %L',
    E'declare\\n  last xid := (select restored from hutch_baseline.state);\\nbegin\\n  perform hutch_baseline.drop_strangers();\\n' ||
    body || E'  update hutch_baseline.state set restored = pg_current_xact_id()::xid;\\nend');
end $$;
`;

/** `session_replication_role` puts triggers and foreign keys to sleep; it needs a superuser, as test servers have. */
const RESTORE = "begin; set local session_replication_role = 'replica'; select hutch_baseline.restore(); commit";

/** Remembers the database as it is now. */
export async function rememberBaseline(driver: Driver): Promise<void> {
  await driver.script(INSTALL);
}

/** Makes it so again: rows, sequences, and no relation that was not there. */
export async function restoreBaseline(driver: Driver): Promise<void> {
  await driver.script(RESTORE);
}
