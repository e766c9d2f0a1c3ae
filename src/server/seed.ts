import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Driver } from '../db/index.ts';
import { HutchError } from '../errors/index.ts';
import type { LoadedProject } from './schema.ts';

/** Where a project's seed is looked for, in this order. */
export const SEED_FILES = ['src/app/seed.ts', 'src/seed.ts', 'seed.ts', 'seed.sql', 'drizzle/seed.sql'];

/** A seed module's default export: fills an empty database. */
export type Seed = (driver: Driver) => Promise<unknown>;

/** The project's seed, or undefined where it has none. */
export const seedFile = (root: string): string | undefined =>
  SEED_FILES.map((file) => join(root, file)).find((file) => existsSync(file));

/** Runs the project's seed on a database that was just made; whether there was one. */
export async function seedFresh(driver: Driver, { root }: LoadedProject): Promise<boolean> {
  const file = seedFile(root);
  if (file === undefined) return false;
  await runSeed(driver, file);
  return true;
}

/** @throws HutchError `seed_invalid` where a module has no function as its default export */
export async function runSeed(driver: Driver, file: string): Promise<void> {
  if (file.endsWith('.sql')) {
    const script = await Bun.file(file).text();
    await driver.transaction((tx) => tx.script(script));
    return;
  }
  const module: Record<string, unknown> = await import(pathToFileURL(file).href);
  const seed = module.default;
  if (!isSeed(seed)) throw new HutchError('seed_invalid', { details: file, field: file });
  await seed(driver);
}

const isSeed = (value: unknown): value is Seed => typeof value === 'function';
