import { resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { HutchError } from '../errors/index.ts';
import { runningServer } from '../server/project/state-file.ts';
import { terminal } from './terminal.ts';

/** Opens a studio of the running server in the browser: Drizzle's, or ours. Starts the server first where none runs. */
export async function openStudio(config: Config, which: 'drizzle' | 'hutch'): Promise<void> {
  const server = await runningServer(resolve(config.project));
  if (!server) {
    terminal.note('Nothing is running yet, so this starts it; the addresses follow.');
    return (await import('./dev.ts')).dev(config);
  }
  const url = which === 'drizzle' ? server.drizzleStudio : server.studio;
  if (url === null) throw new HutchError('not_found', { message: 'The running server does not serve that studio' });
  terminal.print(url);
  if (terminal.interactive) browse(url);
}

/** Opens the system's browser, where there is one; the address is on the screen anyway. */
function browse(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  if (Bun.which(opener) !== null) Bun.spawn([opener, url], { stdout: 'ignore', stderr: 'ignore' }).unref();
}
