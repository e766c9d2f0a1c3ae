import { eq } from 'drizzle-orm';
import { Hono } from 'hono';
import { z } from 'zod';
import { softDelete } from '../../data/soft-delete/soft-delete.ts';
import { upsert } from '../../data/upsert/index.ts';
import type { ProjectEnv } from '../../server/application/project-routes.ts';
import { users } from '../schema/users.ts';
import { refusal } from './env.ts';
import { isSigned } from './signature.ts';

const person = z.object({
  id: z.string().min(1),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  image_url: z.url().nullish(),
  email_addresses: z.array(z.object({ email_address: z.email() })).min(1),
});

const event = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['user.created', 'user.updated']), data: person }),
  z.object({ type: z.literal('user.deleted'), data: z.object({ id: z.string().min(1) }) }),
]);

/** People come from the identity provider: made, changed and deleted there. It may send an event twice, or late. */
export const webhookRoutes = new Hono<ProjectEnv>().post('/identity', async (c) => {
  const secret = process.env.IDENTITY_WEBHOOK_SECRET;
  if (!secret) return c.json(refusal('not_configured', 'IDENTITY_WEBHOOK_SECRET is not set'), 503);
  const body = await c.req.text();
  if (!isSigned(c.req.raw.headers, body, secret)) return c.json(refusal('unauthorized', 'The signature is wrong'), 401);
  const parsed = event.safeParse(parseJson(body));
  if (!parsed.success)
    return c.json(refusal('invalid', 'Not an event of a person', z.prettifyError(parsed.error)), 400);
  const { type, data } = parsed.data;
  if (type === 'user.deleted') {
    const gone = await softDelete(c.var.db, users, eq(users.externalId, data.id));
    return c.json({ deleted: gone.length });
  }
  const outcome = await upsert(c.var.db, users, userOf(data), { target: users.externalId, onlyIfChanged: true });
  return c.json({ [outcome.actions[0] ?? 'unchanged']: 1 });
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function userOf(data: z.infer<typeof person>) {
  const email = data.email_addresses[0]?.email_address ?? '';
  const name = [data.first_name, data.last_name].filter(Boolean).join(' ') || email;
  return { externalId: data.id, email, name, photoUrl: data.image_url ?? null };
}
