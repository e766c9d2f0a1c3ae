import { and, eq } from 'drizzle-orm';
import { Hono } from 'hono';
import { active, insertMany, type ProjectEnv, softDelete } from 'hutch';
import { z } from 'zod';
import { failsAs } from './failures.ts';
import {
  githubInstallationRepositories,
  githubInstallations,
  organizationMembers,
  organizations,
  plan,
  type relations,
  users,
} from './schema.ts';

const newUser = z.object({
  id: z.string(),
  email: z.email(),
  firstName: z.string(),
  lastName: z.string(),
  photoUrl: z.url(),
});
const newOrganization = z.object({
  id: z.string(),
  name: z.string().min(1),
  plan: z.enum(plan.enumValues),
  by: z.string(),
});
const organizationChange = newOrganization.pick({ name: true, plan: true }).partial();
const installation = z.object({
  id: z.string(),
  repositories: z.array(z.object({ id: z.string(), name: z.string() })).min(1),
});

/**
 * `c.var.tx` is the request's transaction, as whoever the token says: committed with the answer, rolled back where a handler
 * throws or answers 500. There is nothing to open, release or forget.
 */
export default new Hono<ProjectEnv<typeof relations>>()
  .post('/users', failsAs('CREATE_USER_FAILED'), async (c) => {
    const body = newUser.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: 'INVALID_USER' }, 400);
    const [user] = await c.var.tx.insert(users).values(body.data).returning();
    return c.json(user, 201);
  })
  .delete('/users/:id', failsAs('DELETE_USER_FAILED'), async (c) => {
    const [user] = await softDelete(c.var.tx, users, c.req.param('id'));
    return user ? c.body(null, 204) : c.json({ error: 'USER_NOT_FOUND' }, 404);
  })
  /** The organization and its first admin. */
  .post('/organizations', failsAs('CREATE_ORGANIZATION_FAILED'), async (c) => {
    const body = newOrganization.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: 'INVALID_ORGANIZATION' }, 400);
    const { by: userId, ...values } = body.data;
    const [organization] = await c.var.tx.insert(organizations).values(values).returning();
    const organizationId = values.id;
    const [admin] = await c.var.tx
      .insert(organizationMembers)
      .values({ organizationId, userId, role: 'admin' })
      .returning();
    return c.json({ ...organization, members: [admin] }, 201);
  })
  .get('/organizations/:id', async (c) => {
    const organization = await c.var.tx.query.organizations.findFirst({
      where: { id: c.req.param('id'), deleted: false },
      with: {
        members: { with: { user: { columns: { firstName: true, lastName: true } } } },
        githubInstallations: { with: { repositories: true } },
      },
    });
    return organization ? c.json(organization) : c.json({ error: 'ORGANIZATION_NOT_FOUND' }, 404);
  })
  .patch('/organizations/:id', failsAs('UPDATE_ORGANIZATION_FAILED'), async (c) => {
    const body = organizationChange.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: 'INVALID_ORGANIZATION' }, 400);
    const [organization] = await c.var.tx
      .update(organizations)
      .set(body.data)
      .where(active(organizations, eq(organizations.id, c.req.param('id'))))
      .returning();
    return organization ? c.json(organization) : c.json({ error: 'ORGANIZATION_NOT_FOUND' }, 404);
  })
  .get('/organizations/:id/members', async (c) => {
    const results = await c.var.tx
      .select()
      .from(organizationMembers)
      .leftJoin(users, eq(organizationMembers.userId, users.id))
      .where(and(eq(organizationMembers.organizationId, c.req.param('id')), eq(users.deleted, false)));
    return c.json(results.map(({ organization_members, users }) => ({ ...users, ...organization_members })));
  })
  /** Installation and repositories, all or none: one that is taken undoes the others too. */
  .post('/organizations/:id/installations', failsAs('INSTALL_FAILED'), async (c) => {
    const body = installation.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: 'INVALID_INSTALLATION' }, 400);
    const { id, repositories } = body.data;
    await c.var.tx.insert(githubInstallations).values({ id, organizationId: c.req.param('id') });
    const rows = repositories.map((it) => ({ ...it, installationId: id }));
    const { inserted } = await insertMany(c.var.tx, githubInstallationRepositories, rows);
    return c.json({ id, repositories: inserted }, 201);
  });
