import { PgliteDriver } from '../db/index.ts';
import { HutchError } from '../errors/index.ts';
import { openWire, type WireServer } from '../wire/index.ts';
import { onPort } from './next-port.ts';
import type { Context } from './prepare.ts';

/** What is open beside the API: doors for other tools onto the same database. */
export interface Tools {
  readonly wire: WireServer | undefined;
  stop(): Promise<void>;
}

/**
 * Opens the Postgres port: in development always, in production where it is asked for, and then behind a password. A real Postgres has a
 * port of its own already.
 * @throws HutchError `port_in_use`, `config_invalid_value`
 */
export function openTools(context: Context): Tools {
  const wire = openPort(context);
  return { wire, stop: async () => void (await wire?.stop()) };
}

function openPort({ config, driver, mode, log }: Context): WireServer | undefined {
  if (!(driver instanceof PgliteDriver) || !(config.wire ?? mode === 'dev')) return undefined;
  if (mode === 'start' && config.studioToken === undefined) throw tokenMissing('The Postgres port');
  return onPort(config.pgPort, mode === 'dev', 'pg-port', (port) =>
    openWire(driver, {
      port,
      host: config.allowRemote ? config.host : '127.0.0.1',
      password: config.studioToken,
      idleInTransaction: config.pgIdleInTransaction,
      log: (message) => log.info(message),
    }),
  );
}

const tokenMissing = (what: string) =>
  new HutchError('config_invalid_value', {
    message: `${what} needs a token in production`,
    hint: 'Set HUTCH_STUDIO_TOKEN',
    field: 'HUTCH_STUDIO_TOKEN',
  });
