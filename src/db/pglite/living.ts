import type { PgliteDriver } from './pglite-driver.ts';

/**
 * Engines that are open in this process, by data folder. They hang on `globalThis`, because `bun --hot` loads modules anew and leaves that alone: a
 * reload finds its engine there, instead of opening the folder a second time.
 */
const KEY = Symbol.for('hutch.pglite.living');

type Living = Map<string, Promise<PgliteDriver>>;

export function livingEngines(): Living {
  const holder = globalThis as { [KEY]?: Living };
  holder[KEY] ??= new Map();
  return holder[KEY];
}
