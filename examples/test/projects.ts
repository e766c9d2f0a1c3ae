import { join } from 'node:path';

export const EXAMPLES = join(import.meta.dir, '..');

/** The folders that are projects. */
export const projects: readonly string[] = [...new Bun.Glob('*/drizzle.config.ts').scanSync({ cwd: EXAMPLES })]
  .map((file) => file.split('/')[0] ?? '')
  .toSorted();
