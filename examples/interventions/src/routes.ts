import { and, asc, count, countDistinct, eq, sql } from 'drizzle-orm';
import { type Context, Hono } from 'hono';
import { type ProjectEnv, page } from 'hutch';
import { z } from 'zod';
import { interventions, interventionTypeEnum } from './schema/interventions.ts';
import { iMayUse } from './schema/policies.ts';
import type { relations } from './schema/relations.ts';
import { students } from './schema/students.ts';
import { beginSupport } from './support.ts';

type Env = ProjectEnv<typeof relations>;

const number = z.coerce.number().int().positive();
const newIntervention = z.object({
  studentId: number,
  type: z.enum(interventionTypeEnum.enumValues),
  title: z.string().min(1).max(255),
  startDate: z.coerce.date(),
});

/** Who may see and do what is in the schema's policies; these routes only say what came of it. */
export default new Hono<Env>()
  .use(async (c, next) => {
    if (c.var.actor.role === 'anon') return c.json({ error: 'AUTH_NO_SESSION' }, 401);
    await next();
  })
  .get('/students', async (c) => {
    const after = c.req.query('after');
    return c.json(await page(c.var.tx, students, { order: { asc: students.lastName }, limit: 50, after }));
  })
  .get('/students/stats', async (c) => c.json(await studentStats(c)))
  .get('/students/:id', async (c) => {
    const id = number.safeParse(c.req.param('id'));
    if (!id.success) return c.json({ error: 'INVALID_ID' }, 400);
    const student = await c.var.tx.query.students.findFirst({
      where: { id: id.data },
      with: {
        school: true,
        interventions: {
          orderBy: { id: 'asc' },
          with: {
            creator: { columns: { id: true, firstName: true, lastName: true } },
            sessions: { orderBy: { sessionDate: 'desc' } },
          },
        },
      },
    });
    return student ? c.json(student) : c.json({ error: 'STUDENT_NOT_FOUND' }, 404);
  })
  .post('/interventions', async (c) => {
    const body = newIntervention.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ error: 'INVALID_INTERVENTION' }, 400);
    const user = await currentUser(c);
    if (!user) return c.json({ error: 'USER_NOT_FOUND' }, 403);
    return c.json(await beginSupport(c.var.tx, user.id, body.data), 201);
  })
  /** One statement deletes what the policies let this person delete; where that is nothing, a second one says why. */
  .delete('/interventions/:id', async (c) => {
    const id = number.safeParse(c.req.param('id'));
    if (!id.success) return c.json({ error: 'INVALID_ID' }, 400);
    const [deleted] = await c.var.tx.delete(interventions).where(eq(interventions.id, id.data)).returning();
    if (deleted) return c.body(null, 204);
    const [why] = await c.var.tx.execute<{ tool: boolean; seen: boolean }>(
      sql`select ${iMayUse('interventions')} as tool, exists (select from ${interventions} where id = ${id.data}) as seen`,
    );
    if (!why?.tool) return c.json({ error: 'AUTH_INSUFFICIENT_PERMISSIONS' }, 403);
    return why.seen ? c.json({ error: 'AUTH_NOT_OWNER' }, 403) : c.json({ error: 'INTERVENTION_NOT_FOUND' }, 404);
  });

function currentUser(c: Context<Env>) {
  const claims: unknown = JSON.parse(c.var.actor.settings?.['request.jwt.claims'] || '{}');
  const sub = typeof claims === 'object' && claims !== null && 'sub' in claims ? String(claims.sub) : '';
  return c.var.tx.query.users.findFirst({ columns: { id: true }, where: { cognitoSub: sub } });
}

/** Students, and not rows of the join, are counted: who has two interventions is one student. */
function studentStats(c: Context<Env>) {
  return c.var.tx
    .select({
      gradeLevel: students.gradeLevel,
      totalStudents: countDistinct(students.id),
      interventions: count(interventions.id),
      activeInterventions: sql<number>`count(*) filter (where ${interventions.status} = 'in_progress')::int`,
    })
    .from(students)
    .leftJoin(interventions, and(eq(students.id, interventions.studentId)))
    .groupBy(students.gradeLevel)
    .orderBy(asc(students.gradeLevel));
}
