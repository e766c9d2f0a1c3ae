import { afterAll, describe, expect, test } from 'bun:test';
import { createClient } from '@supabase/supabase-js';
import { sql } from 'drizzle-orm';
import { integer, snakeCase, text } from 'drizzle-orm/pg-core';
import { Hono } from 'hono';
import { objectsOf } from '../../data/objects.ts';
import { softDelete } from '../../data/soft-delete/index.ts';
import { engines } from '../../db/test/engines.ts';
import type { ProjectEnv } from '../application/project-routes.ts';
import { testApp } from '../application/test-app.ts';

const notes = snakeCase.table('notes', {
  id: integer().primaryKey(),
  noteBody: text(),
  owner: text(),
  ...softDelete(),
});
const DDL = `create table notes (id int primary key, note_body text, owner text, deleted_at timestamptz);
  alter table notes enable row level security; grant all on notes to authenticated, service_role;
  create policy own on notes using (owner = current_setting('request.jwt.claims', true)::json ->> 'sub')`;
const routes = new Hono<ProjectEnv>()
  .get('/mine', async (c) => c.json(await c.var.tx.$count(notes)))
  .get('/broken', () => {
    throw new Error('on purpose');
  });

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`testApp on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    const app = testApp({
      open: engine.open,
      project: false,
      schema: { notes },
      routes,
      setup: (driver) => driver.script([DDL, ...objectsOf({ notes }).map((it) => it.up)].join(';\n')),
    });
    const post = (id: number, owner: string) => ({
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id, note_body: 'one', owner }),
    });

    for (const round of [1, 2]) {
      test(`each test has rows of its own, ${round}`, async () => {
        expect((await app.request('/rest/v1/notes', { ...post(1, 'ada'), as: { sub: 'ada' } })).status).toBe(201);
        expect(await app.db.select().from(notes)).toMatchObject([{ id: 1, noteBody: 'one', owner: 'ada' }]);
      });
    }

    test('roles and policies hold, in the API and in routes', async () => {
      await app.db.execute(sql`insert into notes (id, owner) values (1, 'ada'), (2, 'bob')`);
      expect((await app.request('/rest/v1/notes')).status).toBe(401);
      expect((await app.request('/rest/v1/notes', { ...post(3, 'bob'), as: { sub: 'ada' } })).status).toBe(403);
      const mine = await app.request('/rest/v1/notes?select=id', { as: { sub: 'ada' } });
      expect(await mine.json()).toEqual([{ id: 1 }]);
      expect(await (await app.request('/mine', { as: { sub: 'bob' } })).json()).toBe(1);
      expect((await app.request('/nowhere')).status).toBe(404);
    });

    test('supabase-js, as somebody and as the service', async () => {
      const options = { global: { fetch: app.fetch } };
      const ada = createClient(app.url, app.key, { ...options, accessToken: () => app.token({ sub: 'ada' }) });
      const made = await ada.from('notes').insert({ id: 1, owner: 'ada' }).select('id').single();
      expect(made).toMatchObject({ status: 201, data: { id: 1 } });
      await ada.from('notes').delete().eq('id', 1);
      expect((await ada.from('notes').select()).data).toEqual([]);
      const service = createClient(app.url, app.serviceKey, options);
      expect((await service.from('notes').insert({ id: 2, owner: 'bob' })).status).toBe(201);
      expect(await app.db.$count(notes)).toBe(2);
    });

    const walls: number[] = [];
    for (let round = 0; round < 5; round++) {
      test(`costs milliseconds, ${round}`, async () => {
        const started = performance.now();
        expect((await app.request('/rest/v1/notes', { as: { sub: 'ada' } })).status).toBe(200);
        walls.push(performance.now() - started);
      });
    }
    afterAll(() => expect(Math.min(...walls)).toBeLessThan(100));
  });
}
