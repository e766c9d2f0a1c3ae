import type { DatabaseObject } from '../../db/object.ts';
import { hutchSchema } from '../table/hutch-schema.ts';

export const AUDIT_LOG = 'hutch.audit_log';
export const AUDIT_TABLES = 'hutch.audit_tables';
export const AUDIT_COLUMNS = 'hutch.audit_columns';
export const RENAMED = 'hutch.audit_renamed';
const PARTITION = 'hutch.audit_partition';
export const ENSURE = 'hutch.audit_ensure';
export const RETAIN = 'hutch.audit_retain';

/**
 * The log, by months. History must outlive what it is about: taking the last `audited(table)` out of a schema leaves the log where
 * it is as long as anything is written in it.
 */
export const auditLog: DatabaseObject = {
  name: AUDIT_LOG,
  up: `CREATE SEQUENCE IF NOT EXISTS hutch.audit_ids;
CREATE TABLE IF NOT EXISTS ${AUDIT_LOG} (
  id bigint NOT NULL DEFAULT nextval('hutch.audit_ids'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  table_name text NOT NULL,
  row_key text NOT NULL,
  operation text NOT NULL,
  old jsonb,
  new jsonb,
  actor text,
  role text NOT NULL,
  request_id text,
  txid bigint NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX IF NOT EXISTS audit_log_row ON ${AUDIT_LOG} (table_name, row_key, id);
CREATE INDEX IF NOT EXISTS audit_log_actor ON ${AUDIT_LOG} (actor, at) WHERE actor IS NOT NULL;
-- Since when each table is recorded: before that, the past can't be told.
CREATE TABLE IF NOT EXISTS ${AUDIT_TABLES} (table_name text PRIMARY KEY, since timestamptz NOT NULL);
-- Since when each column has its name. Of a table that was restored, which is another relation, the past names are not known.
CREATE TABLE IF NOT EXISTS ${AUDIT_COLUMNS} (
  relation oid, number smallint, name text NOT NULL, since timestamptz DEFAULT now(), PRIMARY KEY (relation, number, since)
);
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
    GRANT USAGE ON SCHEMA hutch TO service_role;
    GRANT SELECT ON ${AUDIT_LOG}, ${AUDIT_TABLES}, ${AUDIT_COLUMNS} TO service_role;
  END IF;
END $$`,
  down: `DO $$ BEGIN
  IF to_regclass('${AUDIT_LOG}') IS NULL OR EXISTS (SELECT FROM ${AUDIT_LOG}) THEN RETURN; END IF;
  DROP TABLE ${AUDIT_LOG}, ${AUDIT_TABLES}, ${AUDIT_COLUMNS};
  DROP SEQUENCE hutch.audit_ids;
END $$`,
  dependsOn: [hutchSchema.name],
};

/** Recorded values under the names that their columns have now, without those of columns that are gone. */
export const auditRenamed: DatabaseObject = {
  name: RENAMED,
  up: `CREATE OR REPLACE FUNCTION ${RENAMED}(relation regclass, recorded jsonb, moment timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_object_agg(coalesce(a.attname, e.key), e.value)
  FROM jsonb_each($2) e
  LEFT JOIN LATERAL (
    SELECT c.number FROM ${AUDIT_COLUMNS} c WHERE c.relation = $1 AND c.name = e.key AND c.since <= $3 ORDER BY c.since DESC LIMIT 1
  ) known ON true
  LEFT JOIN pg_attribute a ON a.attrelid = $1 AND a.attnum = known.number AND NOT a.attisdropped
  WHERE known.number IS NULL OR a.attnum IS NOT NULL
$$`,
  down: `DROP FUNCTION IF EXISTS ${RENAMED}(regclass, jsonb, timestamptz)`,
  dependsOn: [AUDIT_LOG],
};

/**
 * Months make themselves: the first entry of a session in a month makes sure of that month and the next. A table is made and
 * then attached, which, unlike CREATE … PARTITION OF, doesn't wait for others that are writing.
 */
export const auditPartitions: DatabaseObject = {
  name: ENSURE,
  up: `CREATE OR REPLACE FUNCTION ${PARTITION}(moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  part text := 'audit_log_' || to_char(month, 'YYYY_MM');
BEGIN
  IF to_regclass('hutch.' || part) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('${AUDIT_LOG}', 0));
  IF to_regclass('hutch.' || part) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE hutch.%I (LIKE ${AUDIT_LOG} INCLUDING DEFAULTS)', part);
  EXECUTE format('ALTER TABLE ${AUDIT_LOG} ATTACH PARTITION hutch.%I FOR VALUES FROM (%L) TO (%L)', part,
    month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
END $$;
CREATE OR REPLACE FUNCTION ${ENSURE}(month text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM ${PARTITION}(now());
  PERFORM ${PARTITION}(now() + interval '1 month');
  -- Undone with the transaction, as are the tables it made.
  PERFORM set_config('hutch.audit_month', month, false);
END $$;
SELECT ${PARTITION}(now()), ${PARTITION}(now() + interval '1 month')`,
  down: `DROP FUNCTION IF EXISTS ${ENSURE}(text);
DROP FUNCTION IF EXISTS ${PARTITION}(timestamptz)`,
  dependsOn: [AUDIT_LOG],
};

/** Drops whole months that are past keeping: no rows to delete, nothing to vacuum. Says how many. */
export const auditRetention: DatabaseObject = {
  name: RETAIN,
  up: `CREATE OR REPLACE FUNCTION ${RETAIN}(keep interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  part text;
  dropped integer := 0;
BEGIN
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = '${AUDIT_LOG}'::regclass AND c.relname ~ '^audit_log_\\d{4}_\\d\\d$'
      AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= now() - keep
    ORDER BY 1
  LOOP
    EXECUTE format('DROP TABLE hutch.%I', part);
    dropped := dropped + 1;
  END LOOP;
  UPDATE ${AUDIT_TABLES} SET since = date_trunc('month', (now() - keep) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
  WHERE dropped > 0 AND since < date_trunc('month', (now() - keep) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
  RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION ${RETAIN}(interval) FROM PUBLIC`,
  down: `DROP FUNCTION IF EXISTS ${RETAIN}(interval)`,
  dependsOn: [AUDIT_LOG],
};
