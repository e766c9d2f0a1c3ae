import { CALLERS, type Peer, type Program, type Setting } from '../peer.ts';
import { ownServer, sayAddress } from '../program.ts';

const program =
  (env: Readonly<Record<string, string>>) =>
  ({ databaseUrl = '', statement }: Setting): Program => ({
    command: ownServer('raw-postgres.ts'),
    env: { ...statement, ...env, DATABASE_URL: databaseUrl },
    address: sayAddress,
  });

/** Bun.serve and postgres.js with the same final SQL, whoever asks: no framework, no role. */
export const rawPostgres: Peer = {
  key: 'raw',
  name: 'Bun.serve, postgres.js, no role',
  engines: ['postgres'],
  callers: CALLERS,
  base: true,
  program: program({}),
};

/** The same, with no more statements on their way than there are connections, in the order of asking: what the slowest request may cost. */
export const fifoPostgres: Peer = {
  key: 'fifo',
  name: 'the same behind a FIFO gate',
  engines: ['postgres'],
  callers: CALLERS,
  asked: () => 'Hutch’s p99 ≤ 2 of its',
  program: program({ FIFO: 'on' }),
};

/** The most that can be had with a role: begin, role and claims, the statement and commit in one write. */
export const rolePostgres: Peer = {
  key: 'role',
  name: 'the same with role, in one write',
  engines: ['postgres'],
  callers: ['anonymous', 'token'],
  program: program({ ROLE: 'on' }),
};
