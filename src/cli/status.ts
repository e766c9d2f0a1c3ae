import { resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { hasEnded, runningServer } from '../server/project/state-file.ts';
import { terminal } from './terminal.ts';

/** How often a stop looks whether the server has gone, in milliseconds. */
const POLL = 50;

/** Prints where the project's server is; exit code 1 where none runs, so that scripts can ask. */
export async function status(config: Config, json: boolean): Promise<void> {
  const server = await runningServer(resolve(config.project));
  if (!server) process.exitCode = 1;
  if (json || !terminal.interactive) return terminal.print(JSON.stringify(server ?? null));
  if (!server) return terminal.print('Not running. Start it with: bun dev');
  terminal.print(`Running since ${new Date(server.startedAt).toLocaleString()} (pid ${server.pid})`);
  terminal.print(`  HTTP      ${server.http}`);
  if (server.postgres) terminal.print(`  Postgres  ${server.postgres}`);
}

/** Asks the server to stop and waits until it has: its grace period and a little more. */
export async function stop(config: Config): Promise<void> {
  const root = resolve(config.project);
  const server = await runningServer(root);
  if (!server) return terminal.print('Not running.');
  process.kill(server.pid, 'SIGTERM');
  const deadline = Date.now() + config.grace + 5_000;
  while (Date.now() < deadline) {
    if (await hasEnded(root, server)) return terminal.print('Stopped.');
    await Bun.sleep(POLL);
  }
  terminal.note(`Still running after ${(config.grace + 5_000) / 1_000} s (pid ${server.pid}).`);
  process.exitCode = 1;
}
