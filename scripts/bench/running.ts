import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subprocess } from 'bun';
import { firstLine } from '../../src/cli/test/first-line.ts';
import type { Case } from './dataset.ts';
import { installed } from './install.ts';
import type { Peer, Program, Setting } from './peer.ts';

/** Milliseconds that a server may take to start; one that runs `initdb` on WebAssembly needs half a minute. */
const START = 180_000;
const LOOK_EVERY = 20;

/** A peer that serves. */
export interface Running {
  readonly peer: Peer;
  readonly pid: number;
  /** The case as this server is asked, with the whole URL. */
  readonly request: Case;
  stop(): Promise<void>;
}

/** Installs the peer where it has to be, and starts it. @throws Error that says why it does not serve */
export async function startPeer(peer: Peer, setting: Setting): Promise<Running> {
  const folder = peer.packages === undefined ? '' : await installed(peer.packages);
  const { pid, address, stop } = await startProgram(peer.program(setting, folder));
  const request = peer.request?.(setting.it) ?? setting.it;
  return { peer, pid, request: { ...request, url: `${address.replace(/\/$/, '')}${request.url}` }, stop };
}

export interface Started {
  readonly pid: number;
  readonly address: string;
  stop(): Promise<void>;
}

/** Servers do not outlive the benchmark, however it ends; nor do the folders of their logs. */
const living = new Map<Subprocess, string>();
process.on('exit', () => {
  for (const [child, folder] of living) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

/** Starts a server and waits until it says, or shows, that it is ready. */
export async function startProgram({ command, env, address }: Program): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-bench-'));
  const log = join(folder, 'errors');
  const errors = openSync(log, 'w');
  const child = Bun.spawn([...command], {
    env: { ...process.env, ...env },
    stdout: typeof address === 'string' ? 'ignore' : 'pipe',
    stderr: errors,
  });
  closeSync(errors);
  living.set(child, folder);
  const stop = async () => {
    living.delete(child);
    child.kill();
    await Promise.race([child.exited, Bun.sleep(10_000).then(() => child.kill('SIGKILL'))]);
    rmSync(folder, { recursive: true, force: true });
  };
  const ready =
    typeof address === 'string'
      ? answers(address)
      : firstLine(child.stdout).then((line) => (line === undefined ? undefined : address(line)));
  const found = await Promise.race([ready, child.exited.then(() => undefined), Bun.sleep(START).then(() => undefined)]);
  if (found !== undefined) return { pid: child.pid, address: found, stop };
  const ended = await Promise.race([child.exited, Bun.sleep(1_000).then(() => undefined)]);
  const said = readFileSync(log, 'utf8').trim().slice(-500);
  const signal = child.signalCode;
  await stop();
  throw new Error(
    `did not start, ${ended === undefined ? `for ${START / 1_000} s` : `ended by ${signal ?? ended}`}: ${said}`,
  );
}

async function answers(address: string): Promise<string> {
  for (;;) {
    const status = await fetch(address).then(
      (response) => response.status,
      () => 503,
    );
    if (status !== 503) return address;
    await Bun.sleep(LOOK_EVERY);
  }
}
