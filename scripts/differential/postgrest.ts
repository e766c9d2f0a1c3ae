import type { Side } from './side.ts';
import { exchange } from './socket.ts';
import type { Settings } from './variants.ts';

/** A PostgREST that is running already, with the right settings. */
export function runningPostgrest(url: string): Side {
  const port = Number(new URL(url).port);
  return { send: (request) => exchange(port, '', request), close: async () => {} };
}

/** Starts the program with the settings, and again whenever it ends itself, which some requests make it do. */
export async function startPostgrest(program: string, database: string, settings: Settings): Promise<Side> {
  const port = freePort();
  const env = { ...settings, PGRST_DB_URI: database, PGRST_SERVER_PORT: String(port), PGRST_LOG_LEVEL: 'crit' };
  let closed = false;
  const start = (): Bun.Subprocess =>
    Bun.spawn([program], {
      env: { ...env, PATH: process.env.PATH, PGRST_SERVER_HOST: '127.0.0.1' },
      stdio: ['ignore', 'ignore', 'ignore'],
      onExit() {
        if (!closed) running = start();
      },
    });
  let running = start();
  const side: Side = {
    send: (request) => exchange(port, '', request),
    async close() {
      closed = true;
      running.kill();
      await running.exited;
    },
  };
  await ready(side);
  return side;
}

function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  probe.stop(true);
  return probe.port;
}

/** Until it knows its database's schema. */
async function ready(side: Side): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await side.send({ method: 'HEAD', path: '/', headers: {} }).catch(() => undefined);
    if (answer !== undefined && answer.status !== 503) return;
    await Bun.sleep(100);
  }
  throw new Error('The PostgREST does not start');
}
