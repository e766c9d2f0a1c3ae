import { Hono } from 'hono';
import type { ProjectEnv } from '../server/application/project-routes.ts';
import { reportRoutes } from './routes/reports.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** The help desk's own routes, for what is more than reading and writing rows; those are at `/rest/v1`. */
export default new Hono<ProjectEnv>()
  .route('/tickets', ticketRoutes)
  .route('/reports', reportRoutes)
  .route('/webhooks', webhookRoutes);
