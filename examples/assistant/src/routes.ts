import { and, desc, eq, sql } from 'drizzle-orm';
import { type Context, Hono } from 'hono';
import { active, json, type ProjectEnv, page, softDelete } from 'hutch';
import { z } from 'zod';
import { openSession, rotateToken, signIn, TokenMismatch } from './accounts.ts';
import type { relations } from './schema/relations.ts';
import { prompts, sessions } from './schema/sessions.ts';
import { users } from './schema/users.ts';

type Env = ProjectEnv<typeof relations>;

const person = z.object({ email: z.email(), name: z.string().max(120).optional() });
const rotation = z.object({ userId: z.string(), refreshToken: z.string() });
const preferences = z.object({
  theme: z.enum(['dark', 'light']).nullish(),
  language: z.string().nullish(),
  notifications: z.record(z.string(), z.boolean()).nullish(),
});

/** Reading and writing rows is at `/rest/v1` already; here is what is more than that. */
export default new Hono<Env>()
  /** Nobody is signed in yet, so no policy lets them at a row: the server's own doing, through `c.var.db`. */
  .post('/sign-in', async (c) => {
    const body = person.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: 'INVALID_PERSON' }, 400);
    const { id, refreshToken } = await signIn(c.var.db, body.data);
    return c.json({ id, refreshToken });
  })
  .post('/token', async (c) => {
    const body = rotation.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: 'INVALID_ROTATION' }, 400);
    try {
      const refreshToken = await rotateToken(c.var.db, body.data.userId, body.data.refreshToken);
      return c.json({ refreshToken });
    } catch (error) {
      if (error instanceof TokenMismatch) return c.json({ error: 'TOKEN_MISMATCH' }, 401);
      throw error;
    }
  })
  .use('/me/*', async (c, next) => {
    if (!me(c)) return c.json({ error: 'SIGN_IN_FIRST' }, 401);
    await next();
  })
  .get('/me', async (c) => {
    const user = await c.var.tx.query.users.findFirst({
      columns: { id: true, email: true, name: true, metadata: true },
      with: { sessions: { orderBy: { createdAt: 'desc' }, limit: 10, where: { deletedAt: { isNull: true } } } },
      where: { id: me(c), deletedAt: { isNull: true } },
    });
    return user ? c.json(user) : c.json({ error: 'USER_NOT_FOUND' }, 404);
  })
  /** A merge patch (RFC 7396): what is null is removed. */
  .patch('/me/preferences', async (c) => {
    const patch = preferences.safeParse(await c.req.json().catch(() => undefined));
    if (!patch.success) return c.json({ error: 'INVALID_PREFERENCES' }, 400);
    const [user] = await c.var.tx
      .update(users)
      .set({ metadata: json(users.metadata).at('preferences').merge(patch.data) })
      .where(active(users, eq(users.id, me(c))))
      .returning({ metadata: users.metadata });
    return user ? c.json(user.metadata?.preferences ?? {}) : c.json({ error: 'USER_NOT_FOUND' }, 404);
  })
  /** Whatever fails on the way, here or in the route: no session without its welcome. */
  .post('/me/sessions', async (c) => {
    const title = z.object({ title: z.string().min(1) }).safeParse(await c.req.json().catch(() => ({})));
    return c.json(await openSession(c.var.tx, me(c), title.data?.title), 201);
  })
  .get('/me/sessions', async (c) => {
    const after = c.req.query('after');
    const found = await page(c.var.tx, sessions, {
      where: active(sessions),
      order: { desc: sessions.createdAt },
      limit: 20,
      after,
    });
    return c.json(found);
  })
  .get('/me/stats', async (c) => c.json(await promptsPerSession(c)))
  /** The account with its sessions and prompts; all of it can be restored. */
  .delete('/me', async (c) => {
    const [user] = await softDelete(c.var.tx, users, me(c));
    return user ? c.body(null, 204) : c.json({ error: 'USER_NOT_FOUND' }, 404);
  });

/** The `sub` of the token; empty where nobody is signed in. */
function me(c: Context<Env>): string {
  const claims: unknown = JSON.parse(c.var.actor.settings?.['request.jwt.claims'] || '{}');
  return typeof claims === 'object' && claims !== null && 'sub' in claims ? String(claims.sub) : '';
}

/** Only the caller's own: the policies see to it, not the query. */
function promptsPerSession(c: Context<Env>) {
  return c.var.tx
    .select({ id: sessions.id, title: sessions.title, prompts: sql<number>`count(${prompts.id})::int` })
    .from(sessions)
    .leftJoin(prompts, and(eq(prompts.sessionId, sessions.id), active(prompts)))
    .where(active(sessions))
    .groupBy(sessions.id)
    .orderBy(desc(sessions.createdAt));
}
