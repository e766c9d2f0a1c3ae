import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { runServer } from './run-server.ts';

/** `hutch dev`: opens, migrates, seeds, serves, and loads changed source. */
export async function dev(settings: Config): Promise<void> {
  const config = inFolder(settings);
  // The database is opened before the project is read. What looks for other names of its file is loaded where it is needed.
  if (!existsSync(join(config.project, 'drizzle.config.ts')))
    (await import('./folder.ts')).checkFolder(config, 'project');
  const { context, server, log } = await runServer(config, 'dev');
  if (!config.reload) return;
  const { followSchema } = await import('../server/serving/live-schema.ts');
  const { ModuleMemory, syntaxError, watchSources } = await import('../server/serving/reload.ts');
  const memory = new ModuleMemory(context.root, isOurs);
  followSchema(context, (files) => memory.forget(files));
  // A foreign project's modules are not served, and its folder may hold a whole monorepo.
  if (context.loaded.foreign && config.app === undefined) return;
  watchSources(context.root, async (files) => {
    const started = performance.now();
    const broken = await syntaxError(files);
    if (broken) return log.error(`${broken}: still serving what was there before`);
    memory.forget(files);
    await server.reload().then(
      () => log.info(`reloaded in ${Math.round(performance.now() - started)} ms`),
      (error: unknown) => log.error({ err: error }, 'the changed source failed: still serving what was there before'),
    );
  });
}

/** Configs and schemas name files from the project's folder, where their own tools run. */
function inFolder(config: Config): Config {
  const project = resolve(config.project);
  if (existsSync(project)) process.chdir(project);
  return { ...config, project };
}

/** In a clone of Hutch itself the project's root holds our own modules too; they stay. */
const isOurs = (file: string): boolean => file.startsWith(ours) && !file.startsWith(`${ours}app/`);
const ours = new URL('..', import.meta.url).pathname;
