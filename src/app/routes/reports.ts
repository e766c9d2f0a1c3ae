import { Hono } from 'hono';
import { activity } from '../../data/audit/activity.ts';
import { refresh } from '../../data/views/refresh.ts';
import type { ProjectEnv } from '../../server/application/project-routes.ts';
import { ticketLoad } from '../schema/reports.ts';
import { me, refusal } from './env.ts';

const DAYS = 30;

export const reportRoutes = new Hono<ProjectEnv>()
  /** What I changed in the last thirty days. The log is the owner's to read; one's own part is everybody's. */
  .get('/my-activity', async (c) => {
    const actor = me(c);
    if (actor === undefined) return c.json(refusal('unauthorized', 'Sign in first'), 401);
    return c.json(await activity(c.var.db, actor, DAYS));
  })
  /** Brings the numbers of `ticket_load` up to date. For the server's own role: a schedule, or another service. */
  .post('/load', async (c) => {
    if (c.var.actor.role !== 'service_role') return c.json(refusal('forbidden', 'Only for service_role'), 403);
    return c.json({ refreshed: await refresh(c.var.db, ticketLoad) });
  });
