import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Driver } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { findSeed } from '../../migrate/index.ts';
import { progressBar } from '../progress-bar.ts';
import type { MigrateContext, Outcome } from './command.ts';
import { seconds } from './render.ts';

/** What a seed module may export beside its seed: fills the database as the flags say, telling how far it is. */
type Load = (driver: Driver, options: Readonly<Record<string, unknown>>) => Promise<unknown>;

export const isFlag = (argument: string): boolean => argument.startsWith('--');

/**
 * `hutch db seed --tickets 1000000`: flags that Hutch does not know are the seed module's, which takes them as numbers or texts in
 * its export `load`.
 */
export async function load(context: MigrateContext, args: readonly string[]): Promise<Outcome> {
  const run = await loadOf(context, args);
  const started = performance.now();
  const bar = progressBar(context.terminal);
  const onProgress = ({ done, of }: { done: number; of: number }) => bar.show(done / of, `${done} of ${of}`);
  const result = await run(await context.driver(), { ...optionsOf(args), onProgress });
  bar.end();
  const tookMs = performance.now() - started;
  return { exitCode: 0, json: { load: { result, tookMs } }, text: `Loaded ${result} rows in ${seconds(tookMs)}.` };
}

async function loadOf({ project }: MigrateContext, args: readonly string[]): Promise<Load> {
  const path = findSeed(project);
  const module: { load?: unknown } = path?.endsWith('.ts') ? await import(pathToFileURL(path).href) : {};
  if (isLoad(module.load)) return module.load;
  const wrong = args.find(isFlag) ?? '';
  throw new HutchError('config_unknown_flag', {
    message: `unknown option '${wrong}'`,
    details: path === undefined ? 'the project has no seed' : `${relative(project.root, path)} exports no load()`,
    field: wrong,
  });
}

const isLoad = (value: unknown): value is Load => typeof value === 'function';

/** `--tickets 5 --name=x` → `{ tickets: 5, name: 'x' }`. */
function optionsOf(args: readonly string[]): Record<string, string | number> {
  const options: Record<string, string | number> = {};
  for (const [index, argument] of args.entries()) {
    if (!isFlag(argument)) continue;
    const [name = '', inline] = argument.slice(2).split('=', 2);
    const text = inline ?? args[index + 1] ?? '';
    options[name] = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  return options;
}
