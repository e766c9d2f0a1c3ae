import { join } from 'node:path';

/** The command of a server in `servers`, which prints its address when it is ready. */
export const ownServer = (file: string): readonly string[] => [
  process.execPath,
  join(import.meta.dir, 'servers', file),
];

/** Of a program whose first line is its address. */
export const sayAddress = (line: string): string => line;

/** For programs that cannot pick one themselves. */
export function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
  const { port = 0 } = server;
  server.stop(true);
  return port;
}
