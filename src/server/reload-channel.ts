import type { Driver } from '../db/index.ts';
import type { Context } from './prepare.ts';

/** Notifications come in bursts (one for each statement of a migration); the catalog is read once they pause, in milliseconds. */
const SETTLE = 50;

/**
 * Rereads the catalog when the database says so: `NOTIFY pgrst, 'reload schema'`, as PostgREST understands it (an empty payload means
 * the same). Returns the way to stop.
 */
export async function followReloads({ driver, pgrst, catalog, log }: Context): Promise<() => Promise<void>> {
  if (!pgrst.channelEnabled) return async () => {};
  let timer: Timer | undefined;
  const reread = () =>
    catalog.reread().then(
      () => log.debug('the schema was read again'),
      (error: unknown) => log.error({ err: error }, 'the schema could not be read; requests go on with what was known'),
    );
  return driver.listen(pgrst.channel, (payload) => {
    if (payload !== '' && payload !== 'reload schema') return;
    clearTimeout(timer);
    timer = setTimeout(reread, SETTLE);
  });
}

/**
 * Has the embedded database tell that channel of every change of its schema, whoever makes it (psql, drizzle-kit, DBeaver), so that in
 * development the API is never behind. Only a superuser may make event triggers, which the owner of an embedded database is.
 * Source: the event triggers in PostgREST's documentation, "Schema Cache Reloading".
 */
export async function watchSchemaChanges(driver: Driver): Promise<void> {
  const text = `SELECT FROM pg_event_trigger WHERE evtname = 'hutch_schema_changed'`;
  const { count } = await driver.query({ text, prepare: false });
  if (count === 0) await driver.script(EVENT_TRIGGERS);
}

const EVENT_TRIGGERS = `BEGIN;
CREATE SCHEMA IF NOT EXISTS hutch;
CREATE OR REPLACE FUNCTION hutch.schema_changed() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_EVENT = 'sql_drop' OR EXISTS (
    SELECT FROM pg_event_trigger_ddl_commands() WHERE schema_name IS DISTINCT FROM 'pg_temp'
  ) THEN
    NOTIFY pgrst, 'reload schema';
  END IF;
END $$;
CREATE EVENT TRIGGER hutch_schema_changed ON ddl_command_end EXECUTE FUNCTION hutch.schema_changed();
CREATE EVENT TRIGGER hutch_schema_dropped ON sql_drop EXECUTE FUNCTION hutch.schema_changed();
COMMIT`;
