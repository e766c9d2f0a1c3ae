import { eq, isNull, sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { z } from 'zod';
import { json } from '../../data/jsonb/index.ts';
import { enqueue } from '../../data/outbox/index.ts';
import { active } from '../../data/soft-delete/soft-delete.ts';
import { actAs } from '../../data/transaction/index.ts';
import type { ProjectEnv } from '../../server/application/project-routes.ts';
import { escalateOverdue } from '../escalation.ts';
import { activityLog, tickets } from '../schema/tickets.ts';
import { me, refusal, SERVER } from './env.ts';

const ticketId = z.coerce.number().int().positive();
const resolution = z.object({ note: z.string().max(2000).optional() });
const metadataPatch = z.record(z.string(), z.json());

const MISSING = refusal('not_found', 'There is no such ticket, or it is not yours to change');

/** Each handler's statements are one transaction, in which the policies of the schema decide whose tickets these are. */
export const ticketRoutes = new Hono<ProjectEnv>()
  .use(async (c, next) => {
    if (c.var.actor.role === 'anon') return c.json(refusal('unauthorized', 'Sign in first'), 401);
    await next();
  })
  /** Resolves a ticket, says so in its activity, and tells other services: all or nothing. */
  .post('/:id/resolve', async (c) => {
    const id = ticketId.safeParse(c.req.param('id'));
    const body = resolution.safeParse(await c.req.json().catch(() => ({})));
    if (!id.success || !body.success) return c.json(refusal('invalid', 'A number and a note are expected'), 400);
    const [ticket] = await c.var.tx
      .update(tickets)
      .set({ status: 'RESOLVED', resolvedAt: sql`now()` })
      .where(active(tickets, eq(tickets.id, id.data), isNull(tickets.resolvedAt)))
      .returning();
    if (!ticket) return c.json(MISSING, 404);
    const details = { to: ticket.status, ...body.data };
    await c.var.tx
      .insert(activityLog)
      .values({ ticketId: ticket.id, actorId: me(c), action: 'status_change', details });
    await actAs(c.var.tx, SERVER);
    await enqueue(c.var.tx, {
      topic: 'ticket.resolved',
      key: `ticket:${ticket.id}`,
      payload: { id: ticket.id, ...body.data },
    });
    return c.json(ticket);
  })
  /** Merges a patch into a ticket's metadata (RFC 7396: null removes). */
  .patch('/:id/metadata', async (c) => {
    const id = ticketId.safeParse(c.req.param('id'));
    const patch = metadataPatch.safeParse(await c.req.json().catch(() => undefined));
    if (!id.success || !patch.success) return c.json(refusal('invalid', 'A JSON object is expected'), 400);
    const [ticket] = await c.var.tx
      .update(tickets)
      .set({ metadata: json(tickets.metadata).merge(patch.data) })
      .where(active(tickets, eq(tickets.id, id.data)))
      .returning({ id: tickets.id, metadata: tickets.metadata });
    return ticket ? c.json(ticket) : c.json(MISSING, 404);
  })
  /** Raises each overdue ticket by one level, at most once in four hours. */
  .post('/escalate', async (c) => {
    return c.json({ escalated: await escalateOverdue(c.var.tx, me(c)) });
  });
