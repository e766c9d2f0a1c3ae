import { expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { active, json } from 'hutch';
import { z } from 'zod';
import { prompts, sessions } from '../src/schema/sessions.ts';
import { users } from '../src/schema/users.ts';
import { assistantDatabase, asUser, send } from './database.ts';

const { app, db, driver } = assistantDatabase();

const signedIn = async (email = 'ada@company.com') => {
  const response = await app.request('/sign-in', send('POST', { email }));
  return z.object({ id: z.string(), refreshToken: z.string() }).parse(await response.json());
};

test('signs in, rotates the token once, and refuses the old one', async () => {
  const { id, refreshToken } = await signedIn();
  const rotate = () => app.request('/token', send('POST', { userId: id, refreshToken }));
  expect((await rotate()).status).toBe(200);
  const second = await rotate();
  expect(second.status).toBe(401);
  expect(await second.json()).toEqual({ error: 'TOKEN_MISMATCH' });
});

test('Data Validation: what does not fit is refused before it reaches the database', async () => {
  expect((await app.request('/sign-in', send('POST', { email: 'ada' }))).status).toBe(400);
  const { id } = await signedIn();
  expect((await app.request('/me/preferences', send('PATCH', { theme: 'purple' }, id))).status).toBe(400);
});

test('preferences are merged, and null removes', async () => {
  const { id } = await signedIn();
  await app.request('/me/preferences', send('PATCH', { theme: 'dark', notifications: { mail: true } }, id));
  const merged = await app.request(
    '/me/preferences',
    send('PATCH', { theme: null, notifications: { chat: true } }, id),
  );
  expect(await merged.json()).toEqual({ notifications: { mail: true, chat: true } });
  expect(await db.$count(users, sql`${json(users.metadata).at('preferences', 'theme').exists}`)).toBe(0);
});

test('me, with my ten newest sessions and nobody else’s', async () => {
  const [ada, grace] = [await signedIn(), await signedIn('grace@company.com')];
  for (const { id } of [ada, ada, grace]) {
    expect((await app.request('/me/sessions', send('POST', { title: 'One' }, id))).status).toBe(201);
  }
  const me = z
    .looseObject({ sessions: z.array(z.unknown()) })
    .parse(await (await app.request('/me', asUser(ada.id))).json());
  expect(me).toMatchObject({ id: ada.id, email: 'ada@company.com' });
  expect(me.sessions).toHaveLength(2);
  const page = await (await app.request('/me/sessions', asUser(grace.id))).json();
  expect(page).toMatchObject({ rows: [{ title: 'One' }], next: null });
  const stats = await (await app.request('/me/stats', asUser(ada.id))).json();
  expect(stats).toMatchObject([{ prompts: 1 }, { prompts: 1 }]);
});

test('a session whose welcome fails is none', async () => {
  const { id } = await signedIn();
  await driver.script(`create function refuse() returns trigger language plpgsql as 'begin raise exception $$no$$; end';
    create trigger refuse before insert on claude_code_prompts for each row execute function refuse()`);
  expect((await app.request('/me/sessions', send('POST', {}, id))).status).toBe(500);
  expect(await db.$count(sessions)).toBe(0);
});

test('an account that is deleted takes its sessions and prompts along', async () => {
  const { id } = await signedIn();
  await app.request('/me/sessions', send('POST', {}, id));
  expect((await app.request('/me', { method: 'DELETE', ...asUser(id) })).status).toBe(204);
  expect(await db.$count(prompts, active(prompts))).toBe(0);
  expect((await app.request('/me', asUser(id))).status).toBe(404);
  expect(await db.$count(users, eq(users.id, id))).toBe(1);
});

test('strangers are asked to sign in', async () => {
  const response = await app.request('/me');
  expect([response.status, await response.json()]).toEqual([401, { error: 'SIGN_IN_FIRST' }]);
});
