import { Hono } from 'hono';
import type { Health } from '../db/driver.ts';

export interface HealthChecks {
  /** The database, asked now. */
  database(): Promise<Health>;
  /** Whether each read replica takes part; the primary answers for those that don't. */
  replicas?(): readonly boolean[];
  /** True once a stop has begun: a balancer must send no more. */
  stopping(): boolean;
}

/** `/live`: the process answers. `/ready`: it can serve; 503 with the reason otherwise. */
export function healthRoutes(checks: HealthChecks): Hono {
  return new Hono()
    .get('/live', (c) => c.json({ status: 'live' }))
    .get('/ready', async (c) => {
      const reason = await unreadiness(checks);
      c.header('cache-control', 'no-store');
      return reason === undefined
        ? c.json({ status: 'ready', ...replicasOf(checks) })
        : c.json({ status: 'unavailable', reason }, 503);
    });
}

function replicasOf({ replicas }: HealthChecks): { readonly replicas?: readonly ('ok' | 'away')[] } {
  const states = replicas?.() ?? [];
  return states.length > 0 ? { replicas: states.map((alive) => (alive ? 'ok' : 'away')) } : {};
}

async function unreadiness(checks: HealthChecks): Promise<string | undefined> {
  if (checks.stopping()) return 'The server is stopping';
  const health = await checks.database();
  return health.ok ? undefined : (health.reason ?? 'The database does not answer');
}
