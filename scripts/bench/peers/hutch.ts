import type { Case } from '../dataset.ts';
import { HUTCH, hutchCommand, ownerOf } from '../hutch.ts';
import { CALLERS, type Peer, type Setting } from '../peer.ts';
import { SECRET } from '../token.ts';

export const hutch: Peer = {
  key: 'hutch',
  name: 'hutch',
  engines: ['pglite', 'postgres'],
  callers: CALLERS,
  asked,
  program: ({ caller, databaseUrl }) => ({
    command: hutchCommand(databaseUrl),
    env: {
      ...HUTCH,
      PGRST_DB_ANON_ROLE: caller === 'plain' ? ownerOf(databaseUrl) : 'anon',
      PGRST_JWT_SECRET: SECRET,
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    },
    address: (line) => `${JSON.parse(line).http}/rest/v1`,
  }),
};

const PAGES: readonly Case['name'][] = ['50 rows', '20 rows, 2 embeds'];

function asked({ engine, caller, it }: Setting): string | undefined {
  if (engine === 'pglite' && it.name === 'one row') return '≥ 0.80 of base';
  if (engine === 'pglite' || caller === 'plain') return '≥ 0.85 of base';
  if (PAGES.includes(it.name)) return '≥ 0.85 of base';
  return it.name === 'one row' ? '≥ 0.65 of base' : undefined;
}
