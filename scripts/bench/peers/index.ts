/** All servers that HTTP is measured by; the base first. */
import type { Peer } from '../peer.ts';
import { honoDrizzle } from './hono-drizzle.ts';
import { hutch } from './hutch.ts';
import { postgraphile } from './postgraphile.ts';
import { postgrest } from './postgrest.ts';
import { rawPglite } from './raw-pglite.ts';
import { fifoPostgres, rawPostgres, rolePostgres } from './raw-postgres.ts';
import { supabaseLite } from './supabase-lite.ts';

export const PEERS: readonly Peer[] = [
  rawPostgres,
  rawPglite,
  hutch,
  fifoPostgres,
  rolePostgres,
  honoDrizzle,
  postgrest,
  supabaseLite,
  postgraphile,
];
