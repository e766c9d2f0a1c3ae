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
