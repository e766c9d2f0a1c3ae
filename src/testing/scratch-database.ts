import { type Driver, identifier, openPostgres } from '../db/index.ts';

/** A new, empty database on the server; `close` drops it. */
export async function openScratchDatabase(url: string): Promise<Driver> {
  const name = `hutch_test_${process.pid}_${crypto.randomUUID().slice(0, 8)}`;
  const server = await openPostgres({ url, poolSize: 1 });
  await server.script(`create database ${identifier(name)}`);
  const driver = await openPostgres({ url: withDatabase(url, name) });
  const close = driver.close.bind(driver);
  return Object.assign(driver, {
    async close(options?: { readonly graceMs?: number }) {
      await close(options);
      await server.script(`drop database if exists ${identifier(name)} with (force)`);
      await server.close();
    },
  });
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
