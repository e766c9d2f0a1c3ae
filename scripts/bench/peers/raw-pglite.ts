import { CALLERS, type Peer } from '../peer.ts';
import { ownServer, sayAddress } from '../program.ts';

/** Bun.serve over the embedded engine's Worker with the raw prepared batch, role and claims in it where a caller has them. */
export const rawPglite: Peer = {
  key: 'raw',
  name: 'Bun.serve, raw prepared batch',
  engines: ['pglite'],
  callers: CALLERS,
  base: true,
  program: ({ caller, statement }) => ({
    command: ownServer('raw-pglite.ts'),
    env: { ...statement, ...(caller !== 'plain' && { ROLE: caller === 'token' ? 'authenticated' : 'anon' }) },
    address: sayAddress,
  }),
};
