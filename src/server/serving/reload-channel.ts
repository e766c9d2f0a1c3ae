import type { PgrstConfig } from '../../config/pgrst.ts';
import type { Driver } from '../../db/index.ts';
import type { Logger } from '../../http/logger.ts';

/** Notifications come in bursts (one for each statement of a migration); what they ask for is done once they pause, in milliseconds. */
const SETTLE = 50;

/** What can be read anew while the server runs. */
export interface Reloads {
  /** The catalog. */
  schema(): Promise<void>;
  /** PostgREST's settings, as the database has them now. */
  settings(): Promise<void>;
}

export interface Followed {
  readonly driver: Driver;
  readonly pgrst: PgrstConfig;
  readonly log: Logger;
}

/**
 * Reads anew what the database says has changed: `NOTIFY pgrst, 'reload schema'` and `NOTIFY pgrst, 'reload config'`, as PostgREST
 * understands them (an empty payload means the schema); both, where the server was away and may have said so. Returns the way to stop.
 */
export async function followReloads({ driver, pgrst, log }: Followed, reloads: Reloads): Promise<() => Promise<void>> {
  if (!pgrst.channelEnabled) return async () => {};
  const schema = settled(() => told(log, 'The schema', reloads.schema()));
  const settings = settled(() => told(log, 'The configuration', reloads.settings()));
  const heard = (payload: string) => {
    if (payload === '' || payload === 'reload schema') schema();
    if (payload === 'reload config') settings();
  };
  return driver.listen(pgrst.channel, heard, () => {
    settings();
    schema();
  });
}

function settled(work: () => void): () => void {
  let timer: Timer | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, SETTLE);
  };
}

function told(log: Logger, what: string, work: Promise<void>): Promise<void> {
  return work.then(
    () => log.debug(`${what} was read again`),
    (error: unknown) => log.error({ err: error }, `${what} could not be read; requests go on with what was known`),
  );
}
