import { join, resolve } from 'node:path';
import { Hono } from 'hono';
import type { Config } from '../../config/index.ts';
import { isSameSecret } from '../../config/same-secret.ts';
import { type Driver, PgliteDriver } from '../../db/index.ts';
import { diffSnapshot } from '../../db/snapshots/diff.ts';
import { SnapshotStore } from '../../db/snapshots/store.ts';
import { HutchError } from '../../errors/index.ts';
import type { Logger } from '../../http/logger.ts';
import { developmentKeys } from '../project/keys.ts';
import { runningServer } from '../project/state-file.ts';
import { openConfigured } from './database.ts';

/** What can be done with the snapshots of a development database. */
export const snapshotActions = {
  list: (_driver: PgliteDriver, store: SnapshotStore) => store.list(),
  save: (driver: PgliteDriver, store: SnapshotStore, name: string) => store.save(driver, name),
  restore: (driver: PgliteDriver, store: SnapshotStore, name: string) => store.restore(driver, name),
  diff: (driver: PgliteDriver, store: SnapshotStore, name: string) => diffSnapshot(store, name, driver),
  remove: (_driver: PgliteDriver, store: SnapshotStore, name: string) => store.remove(name),
} as const;

export type SnapshotAction = keyof typeof snapshotActions;

const ROUTE = '/_hutch/snapshots';

/** They lie beside the data, on the same disk. */
const storeOf = (root: string): SnapshotStore => new SnapshotStore(join(root, '.hutch', 'snapshots'));

/** For commands of another process: whoever can read the project's keys may take and restore snapshots. */
export function snapshotRoutes(driver: Driver, root: string, secretKey: string): Hono {
  return new Hono().post(`${ROUTE}/:action/:name?`, async (c) => {
    if (!isSameSecret(c.req.header('authorization') ?? '', `Bearer ${secretKey}`)) throw new HutchError('not_found');
    const action = c.req.param('action');
    if (!isAction(action)) throw new HutchError('not_found');
    return c.json({ result: (await run(driver, root, action, c.req.param('name') ?? '')) ?? null });
  });
}

/** Does it in the server that has the database open, or here where none has. */
export async function snapshot(config: Config, log: Logger, action: SnapshotAction, name: string): Promise<unknown> {
  const root = resolve(config.project);
  const server = await runningServer(root);
  if (server !== undefined)
    return ask([`${server.http}${ROUTE}`, action, ...(name === '' ? [] : [encodeURIComponent(name)])].join('/'), root);
  const driver = await openConfigured(config, log);
  return run(driver, root, action, name).finally(() => driver.close());
}

function run(driver: Driver, root: string, action: SnapshotAction, name: string): Promise<unknown> {
  if (driver instanceof PgliteDriver) return snapshotActions[action](driver, storeOf(root), name);
  throw new HutchError('snapshot_embedded', { hint: 'For a Postgres server use pg_dump, or its own backups' });
}

/** What the route above answers: a result, or an error in our shape. */
interface Answer {
  readonly result?: unknown;
  readonly message?: string;
  readonly details?: string | null;
  readonly hint?: string | null;
}

async function ask(url: string, root: string): Promise<unknown> {
  const { secretKey } = await developmentKeys(root);
  const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${secretKey}` } });
  const body = (await response.json()) as Answer;
  if (response.ok) return body.result;
  throw new HutchError('snapshot_failed', { message: body.message, details: body.details, hint: body.hint });
}

const isAction = (text: string): text is SnapshotAction => Object.hasOwn(snapshotActions, text);
