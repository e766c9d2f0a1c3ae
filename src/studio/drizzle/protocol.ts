import { z } from 'zod';

/**
 * What Drizzle Studio's page asks of its local server, as drizzle-kit 1.0.0-rc.5 has it (protocol version 6.3). The page itself
 * is at https://local.drizzle.studio; only this side of the protocol is ours.
 */

export const PROTOCOL_VERSION = '6.3';

const method = z.enum(['values', 'get', 'all', 'run', 'execute']);

export const requestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('init') }),
  z.object({
    type: z.literal('proxy'),
    data: z.object({
      sql: z.string(),
      params: z.array(z.unknown()).optional(),
      mode: z.enum(['array', 'object']).default('object'),
      method,
    }),
  }),
  z.object({
    type: z.literal('tproxy'),
    data: z.array(z.object({ sql: z.string(), method: method.optional() })),
  }),
  z.object({
    type: z.literal('bproxy'),
    data: z.object({
      query: z.object({ sql: z.string(), params: z.array(z.unknown()).optional(), method: method.optional() }),
      repeats: z.number().int().min(1).max(100).optional(),
    }),
  }),
  z.object({
    type: z.literal('defaults'),
    data: z.array(z.object({ schema: z.string(), table: z.string(), column: z.string() })).min(1),
  }),
]);

export type StudioRequest = z.infer<typeof requestSchema>;
