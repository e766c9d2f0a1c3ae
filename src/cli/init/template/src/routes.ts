import { Hono } from 'hono';
import { type ProjectEnv, page } from 'hutch';
import { notes } from './schema';

/** Your own routes. Every table is at /rest/v1 already; these are for what is more than reading and writing rows. */
export default new Hono<ProjectEnv>().get('/notes/recent', async (c) => {
  const recent = await page(c.var.tx, notes, { order: { desc: notes.createdAt }, limit: 10 });
  return c.json(recent);
});
