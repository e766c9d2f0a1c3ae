import { PgliteDriver } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { loadSchema } from '../../migrate/project/schema.ts';
import type { Door } from '../../studio/drizzle/index.ts';
import type { WireServer } from '../../wire/index.ts';
import type { Context } from '../application/prepare.ts';
import { onPort } from './next-port.ts';

/** What is open beside the API: doors for other tools onto the same database. */
export interface Tools {
  readonly wire: WireServer | undefined;
  readonly drizzleStudio: Door | undefined;
  stop(): Promise<void>;
}

/**
 * Opens the Postgres port and the door for Drizzle Studio: in development always, in production where they are asked for, and then behind
 * the token.
 * @throws HutchError `port_in_use`, `config_invalid_value`
 */
export async function openTools(context: Context): Promise<Tools> {
  const wire = await openPort(context);
  const drizzleStudio = await openDoor(context);
  return {
    wire,
    drizzleStudio,
    stop: async () => void (await Promise.all([wire?.stop(), drizzleStudio?.stop()])),
  };
}

/** A real Postgres has a port of its own already. */
async function openPort({ config, driver, mode, log }: Context): Promise<WireServer | undefined> {
  if (!(driver instanceof PgliteDriver) || !(config.wire ?? mode === 'dev')) return undefined;
  checkToken(mode, config.studioToken, 'The Postgres port');
  const { openWire } = await import('../../wire/index.ts');
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

async function openDoor({ config, driver, mode, loaded, root }: Context): Promise<Door | undefined> {
  if (!(config.drizzleStudio ?? mode === 'dev')) return undefined;
  checkToken(mode, config.studioToken, 'The door for Drizzle Studio');
  const { openDrizzleStudio } = await import('../../studio/drizzle/index.ts');
  const { project } = loaded;
  return onPort(config.drizzleStudioPort, mode === 'dev', 'drizzle-studio-port', (port) =>
    openDrizzleStudio({
      port,
      host: config.allowRemote ? config.host : '127.0.0.1',
      token: config.studioToken,
      driver,
      schema: async () => (project === undefined || loaded.unknown ? {} : loadSchema(project)),
      identity: root,
    }),
  );
}

function checkToken(mode: Context['mode'], token: string | undefined, what: string): void {
  if (mode === 'dev' || token !== undefined) return;
  throw new HutchError('config_invalid_value', {
    message: `${what} needs a token in production`,
    hint: 'Set HUTCH_STUDIO_TOKEN',
    field: 'HUTCH_STUDIO_TOKEN',
  });
}
