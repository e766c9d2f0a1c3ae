import type { Peer } from '../peer.ts';
import { ownServer } from '../program.ts';
import { SECRET } from '../token.ts';

/** On PGlite, and on Postgres by postgres.js, as its package can be served by Bun. It always sets a role where a table has policies. */
export const supabaseLite: Peer = {
  key: 'lite',
  name: 'Supabase Lite 0.10.0',
  engines: ['pglite', 'postgres'],
  callers: ['anonymous', 'token'],
  packages: ['@supabase/lite@0.10.0', 'postgres@3.4.9'],
  asked: () => 'Hutch ≥ 5 × its',
  program: ({ databaseUrl }, folder) => ({
    command: ownServer('supabase-lite.ts'),
    env: {
      FOLDER: folder,
      SECRET,
      DO_NOT_TRACK: '1',
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    },
    address: (line) => `${line}/rest/v1`,
  }),
};
