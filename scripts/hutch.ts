/** `hutch` from a clone of this repository: installs what is missing, then runs the command line in the same process. */
import { ensureInstalled } from './install.ts';

if (ensureInstalled()) process.exit(await runAnew());
await import('../src/cli/main.ts');

/** Bun remembers for the life of a process that there was no `node_modules`, so the first run goes on in another. */
async function runAnew(): Promise<number> {
  const child = Bun.spawn([process.execPath, ...process.argv.slice(1)], {
    stdin: 'inherit',
    stdout: 'inherit',
    stderr: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return child.exited;
}
