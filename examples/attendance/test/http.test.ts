import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createHmac } from 'node:crypto';
import { openPostgres } from 'hutch';
import { EMMY } from './database.ts';
import { Copy, SECRET } from './project.ts';

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims: object): string {
  const signed = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ role: 'authenticated', ...claims })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

/** `bun dev` as it lies: migrated, seeded and served. */
describe('over HTTP', () => {
  let copy: Copy;
  let server: Awaited<ReturnType<Copy['dev']>>;
  beforeAll(async () => {
    copy = await Copy.make();
    server = await copy.dev();
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await copy[Symbol.asyncDispose]();
  });

  const instructor = { sub: EMMY, user_role: 'instructor' };
  const get = async (path: string, claims: object = instructor, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token(claims)}`, 'content-type': 'application/json' };
    const response = await fetch(server.http + path, { ...init, headers });
    return { status: response.status, body: JSON.parse((await response.text()) || 'null') };
  };
  const post = (path: string, body: unknown, claims?: object) =>
    get(path, claims, { method: 'POST', body: JSON.stringify(body) });

  test('the query builder is the API: filters, order, limit, names of relations', async () => {
    const path = `/rest/v1/students?select=student_number,users(name)&grade_level=gte.Grade 7&status=in.(active,enrolled)`;
    const { status, body } = await get(`${path}&order=student_number&limit=20`);
    expect(status).toBe(200);
    expect(body[0]).toEqual({ student_number: 'S-1001', users: { name: 'Grace Hopper' } });
    expect(body).toHaveLength(4);
  });

  test('unknown names are told, with the nearest', async () => {
    const table = await get('/rest/v1/studnets');
    expect([table.status, table.body.code]).toEqual([404, 'PGRST205']);
    expect(table.body.hint).toContain('students');
    const column = await get('/rest/v1/students?grade_levle=eq.7');
    expect([column.status, column.body.code]).toEqual([400, '42703']);
    const reported = await post('/reports', { table: 'students', orderBy: 'grade_levle' });
    expect(reported).toMatchObject({
      status: 400,
      body: { code: 'row_unknown_column', hint: 'Did you mean grade_level?' },
    });
  });

  test('the policies hold in the API and in the routes alike', async () => {
    const [student] = (await get('/rest/v1/students?limit=1')).body;
    const self = { sub: student.id, user_role: 'student' };
    expect((await get('/rest/v1/students', self)).body).toHaveLength(1);
    expect((await post('/reports', { table: 'students' }, self)).body.rows).toHaveLength(1);
    expect((await get(`/students/${student.id}`, self)).body).toMatchObject({ id: student.id });
    expect((await get(`/students/${EMMY}`, self)).status).toBe(403);
    expect((await get('/dashboard', self)).status).toBe(403);
  });

  test('a class is marked by its instructor, who is in the log', async () => {
    const [lesson] = (await get('/rest/v1/class_sessions?limit=1')).body;
    const [student] = (await get('/rest/v1/students?limit=1')).body;
    const marks = [{ studentId: student.id, status: 'excused' }];
    expect((await post(`/sessions/${lesson.id}/attendance`, marks)).body).toEqual({
      inserted: 0,
      updated: 1,
      unchanged: 0,
    });
    expect((await get('/me/activity')).body).toMatchObject({ changes: 1, tables: [{ table: 'attendances' }] });
    const forbidden = await post(`/sessions/${lesson.id}/attendance`, marks, { sub: student.id, user_role: 'student' });
    expect([forbidden.status, forbidden.body.code]).toEqual([403, '42501']);
    expect((await post(`/sessions/${lesson.id}/attendance`, [{ status: 'asleep' }])).status).toBe(400);
  });

  test('the dashboard, and the cache, which hears what the API changes', async () => {
    expect(Array.isArray((await get('/dashboard')).body)).toBe(true);
    expect((await get('/courses')).body).toHaveLength(3);
    const admin = { sub: EMMY, user_role: 'admin' };
    await get('/rest/v1/courses?name=eq.Poetry', admin, { method: 'PATCH', body: '{"active":false}' });
    let left = 3;
    for (const end = performance.now() + 30_000; left === 3 && performance.now() < end; await Bun.sleep(10)) {
      left = (await get('/courses')).body.length;
    }
    expect(left).toBe(2);
    expect((await get('/cache')).body).toMatchObject({ hits: expect.any(Number), rate: expect.any(Number) });
  });

  test('Check database connection: psql sees the same rows', async () => {
    const driver = await openPostgres({ url: server.postgres });
    expect((await driver.query({ text: 'select count(*) from students' })).rows).toEqual([['6']]);
    await driver.close();
  });

  test('numbers for Grafana', async () => {
    const text = await (await fetch(`${server.http}/metrics`)).text();
    expect(text).toContain('# TYPE');
  });
});
