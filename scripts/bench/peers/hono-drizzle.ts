import { CALLERS, type Peer } from '../peer.ts';
import { ownServer, sayAddress } from '../program.ts';
import { SECRET } from '../token.ts';

/** The server that people write by hand. */
export const honoDrizzle: Peer = {
  key: 'drizzle',
  name: 'Hono, Drizzle, by hand',
  engines: ['pglite', 'postgres'],
  callers: CALLERS,
  asked: () => 'Hutch ≥ 2 × its',
  program: ({ caller, databaseUrl, it }) => ({
    command: ownServer('hono-drizzle.ts'),
    env: { CALLER: caller, CASE: it.name, SECRET, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) },
    address: sayAddress,
  }),
};
