import { asc, desc } from 'drizzle-orm';
import { type Context, Hono } from 'hono';
import { activity, type Driver, type ProjectEnv, redisStore } from 'hutch';
import { z } from 'zod';
import { markAttendance } from './attendance.ts';
import type { Db } from './db.ts';
import { findMany, operators } from './find-many.ts';
import { Repository } from './repository.ts';
import { attendanceStatus } from './schema/attendance.ts';
import { studentMetrics } from './schema/metrics.ts';
import type { relations } from './schema/relations.ts';

type Env = ProjectEnv<typeof relations>;

const marks = z
  .array(z.object({ studentId: z.uuid(), status: z.enum(attendanceStatus.enumValues), note: z.string().optional() }))
  .min(1);
const report = z.object({
  table: z.string(),
  filters: z.array(z.object({ column: z.string(), operator: z.enum(operators), value: z.unknown() })).default([]),
  orderBy: z.string().optional(),
  orderDirection: z.enum(['ASC', 'DESC']).optional(),
  limit: z.number().optional(),
  after: z.string().optional(),
});

/** One for the process, from the first request that needs it; Redis behind it where there is one. */
const repositories = new WeakMap<Db, Promise<Repository>>();

function repositoryOf({ db, driver }: Env['Variables']): Promise<Repository> {
  const repository = repositories.get(db) ?? openRepository(db, driver);
  repositories.set(db, repository);
  return repository;
}

async function openRepository(db: Db, driver: Driver): Promise<Repository> {
  const { REDIS_URL } = process.env;
  const repository = new Repository(db, REDIS_URL ? { shared: redisStore(REDIS_URL) } : {});
  await repository.listen(driver);
  await repository.warm();
  return repository;
}

const FORBIDDEN = { code: 'forbidden', message: 'Only for instructors', details: null, hint: null };
const INVALID = { code: 'invalid', message: 'The body is not as it should be', hint: null };

/** Reading and writing rows is at `/rest/v1` already; here is what is more than that. */
export default new Hono<Env>()
  /** A whole class at once. The policies decide whose lesson it is. */
  .post('/sessions/:id/attendance', async (c) => {
    const body = marks.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ ...INVALID, details: z.prettifyError(body.error) }, 400);
    const { inserted, updated, unchanged } = await markAttendance(c.var.tx, c.req.param('id'), body.data);
    return c.json({ inserted, updated, unchanged });
  })
  /** A report by names; the policies hold for it too. */
  .post('/reports', async (c) => {
    const body = report.safeParse(await c.req.json().catch(() => undefined));
    if (!body.success) return c.json({ ...INVALID, details: z.prettifyError(body.error) }, 400);
    const { table, filters, ...options } = body.data;
    return c.json(await findMany(c.var.tx, table, filters, options));
  })
  .get('/me/activity', async (c) => c.json(await activity(c.var.db, claims(c).sub ?? '', 30)))
  .get('/courses', async (c) => c.json(await (await repositoryOf(c.var)).findActiveCourses()))
  /** The cache and the metrics are read as the database's owner, so the routes say who may. */
  .get('/students/:id', async (c) => {
    const id = c.req.param('id');
    if (!isStaff(c) && claims(c).sub !== id) return c.json(FORBIDDEN, 403);
    const student = await (await repositoryOf(c.var)).findStudentById(id);
    return student ? c.json(student) : c.notFound();
  })
  .get('/dashboard', async (c) => {
    if (!isStaff(c)) return c.json(FORBIDDEN, 403);
    const worst = [asc(studentMetrics.attendanceRate), desc(studentMetrics.sessions)];
    return c.json(
      await c.var.replica
        .select()
        .from(studentMetrics)
        .orderBy(...worst)
        .limit(50),
    );
  })
  .get('/cache', async (c) => {
    if (!isStaff(c)) return c.json(FORBIDDEN, 403);
    return c.json((await repositoryOf(c.var)).stats());
  });

const claimsShape = z.object({ sub: z.string().optional(), user_role: z.string().optional() }).catch({});

const claims = (c: Context<Env>) => claimsShape.parse(JSON.parse(c.var.actor.settings?.['request.jwt.claims'] || '{}'));

const isStaff = (c: Context<Env>): boolean => ['instructor', 'admin'].includes(claims(c).user_role ?? '');
