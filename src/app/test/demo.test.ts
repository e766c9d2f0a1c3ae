import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createHmac } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { history } from '../../data/audit/history.ts';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import { engines } from '../../db/test/engines.ts';
import { members, organizations } from '../schema/organizations.ts';
import { relations } from '../schema/relations.ts';
import { activityLog, tickets } from '../schema/tickets.ts';
import { users } from '../schema/users.ts';
import { fillHelpDesk } from '../seed/help-desk.ts';
import { type LoadProgress, seedTickets } from '../seed/load.ts';
import { bringUp, openDemo } from './demo.ts';

const digests = new Map<string, string>();

for (const engine of engines(15)) {
  describe.skipIf(engine.unavailable !== undefined)(`the demo on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    let demo: Awaited<ReturnType<typeof openDemo>>;
    let member: { sub: string; organizationId: string };
    beforeAll(async () => {
      demo = await openDemo(engine);
      const [row] = await demo.db.select().from(members).where(eq(members.role, 'owner')).orderBy(members.id).limit(1);
      member = { sub: row?.userId ?? '', organizationId: row?.organizationId ?? '' };
    });
    afterAll(() => demo.driver.close());

    const value = async (text: string) => {
      const { rows } = await demo.driver.query({ text, prepare: false });
      return rows[0]?.[0] ?? null;
    };
    const as = async (role: string, text: string, sub?: string) => {
      const settings = { 'request.jwt.claims': sub ? JSON.stringify({ role, sub }) : '' };
      const [result] = await demo.driver.batch([{ text, prepare: false }], {
        actor: { role, settings },
        end: 'rollback',
      });
      return result?.rows[0]?.[0] ?? result?.count;
    };

    test('is migrated, and a second start has nothing to do', async () => {
      expect(demo.applied.migrations.length).toBeGreaterThan(3);
      expect(await bringUp(demo.driver)).toEqual({ migrations: [], applied: [], removed: [] });
    });

    test('is seeded once, with rows that fit together', async () => {
      expect(demo.seeded).toBe(true);
      expect(await demo.driver.transaction(fillHelpDesk)).toBe(false);
      expect(await value('select count(*) from tickets')).toBe('320');
      expect(
        await value(
          'select count(*) from tickets t join users u on u.id = t.requester_id join organizations o on o.id = t.organization_id',
        ),
      ).toBe('320');
      expect(await value(`select count(*) from tickets where due_at < created_at or resolved_at < created_at`)).toBe(
        '0',
      );
      expect(
        await value('select count(*) from members m left join users u on u.id = m.user_id where u.id is null'),
      ).toBe('0');
      const digest = await value('select md5(string_agg(t::text, chr(10) order by id)) from tickets t');
      digests.set(engine.name, digest ?? '');
    });

    test('the next ticket gets the next number', async () => {
      expect(
        await as(
          'service_role',
          `insert into tickets (organization_id, requester_id, title) values ('${member.organizationId}', '${member.sub}', 'x') returning id`,
        ),
      ).toBe('321');
    });

    const reads: Record<string, [role: string, text: string, expected: string]> = {
      'anon reads public tickets': ['anon', 'select count(*) > 200 and bool_and(is_public) from tickets', 't'],
      'anon reads staff, and nobody else': ['anon', 'select count(*) > 5 and bool_and(is_staff) from users', 't'],
      'anon reads no internal comments': [
        'anon',
        'select count(*) > 200 and not bool_or(is_internal) from comments',
        't',
      ],
      'anon reads categories': ['anon', 'select count(*) from categories', '6'],
      'service_role reads everything': ['service_role', 'select count(*) from tickets', '320'],
    };
    for (const [name, [role, text, expected]] of Object.entries(reads)) {
      test(name, async () => expect(await as(role, text)).toBe(expected));
    }

    const refusals: Record<string, [role: string, text: string]> = {
      'anon opens no ticket': [
        'anon',
        `insert into tickets (organization_id, requester_id, title) select organization_id, requester_id, 'x' from tickets limit 1`,
      ],
      'anon changes nothing': ['anon', 'update tickets set title = title'],
      'anon deletes nothing': ['anon', 'delete from comments'],
      'anon reads no memberships': ['anon', 'select * from members'],
      'anon reads no events': ['anon', 'select * from hutch_outbox'],
      'nobody writes events': ['authenticated', `insert into hutch_outbox (topic, payload) values ('x', '1')`],
      'anon reads no log': ['anon', 'select * from hutch.audit_log'],
      'nobody makes themselves staff': ['authenticated', 'update users set is_staff = true'],
      'nobody opens a ticket for somebody else’s organization': [
        'authenticated',
        `insert into tickets (organization_id, requester_id, title) select id, 'usr_x', 'x' from organizations`,
      ],
    };
    for (const [name, [role, text]] of Object.entries(refusals)) {
      test(name, async () => {
        await expect(as(role, text, member.sub)).rejects.toMatchObject({ code: '42501' });
      });
    }

    test('a member sees the private tickets of their organization and of no other', async () => {
      const text = (comparison: string) =>
        `select count(*) from tickets where not is_public and requester_id <> '${member.sub}' and organization_id ${comparison} '${member.organizationId}'`;
      expect(Number(await as('authenticated', text('='), member.sub))).toBeGreaterThan(0);
      expect(await as('authenticated', text('<>'), member.sub)).toBe('0');
    });

    test('a member deletes a ticket softly, and only their organization’s', async () => {
      const remove = (comparison: string) =>
        `with gone as (update tickets set deleted_at = now() where organization_id ${comparison} '${member.organizationId}' returning 1) select count(*) from gone`;
      expect(Number(await as('authenticated', remove('='), member.sub))).toBeGreaterThan(0);
      expect(await as('authenticated', remove('<>'), member.sub)).toBe('0');
    });

    test('relations lead from a ticket to its people, and back', async () => {
      const db = drizzleOver(demo.driver, { relations });
      const ticket = await db.query.tickets.findFirst({
        with: { requester: true, assignee: true, comments: true, category: true },
        where: { id: 6 },
      });
      expect(ticket?.requester.id).toBe(ticket?.requesterId ?? '');
      expect(ticket?.comments.length).toBeGreaterThan(0);
      const person = await db.query.users.findFirst({
        with: { memberships: true, requestedTickets: true },
        where: { id: member.sub },
      });
      expect(person?.memberships.length).toBe(1);
    });

    const post = (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') =>
      demo.app.request(path, { method, body: typeof body === 'string' ? body : JSON.stringify(body), headers });
    const signedIn = () => ({
      role: 'authenticated',
      claims: JSON.stringify({ sub: member.sub, role: 'authenticated' }),
    });
    const openTicket = async () => {
      const row = { organizationId: member.organizationId, requesterId: member.sub, title: 'Test', dueAt: new Date(0) };
      const [ticket] = await demo.db.insert(tickets).values(row).returning();
      return ticket?.id ?? 0;
    };

    test('a ticket is resolved together with its activity and its event, once, by a member, in the log under their name', async () => {
      const id = await openTicket();
      expect((await post(`/tickets/${id}/resolve`, {})).status).toBe(401);
      const response = await post(`/tickets/${id}/resolve`, { note: 'Replaced' }, signedIn());
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ id, status: 'RESOLVED', updatedBy: member.sub });
      expect(await demo.db.select().from(activityLog).where(eq(activityLog.ticketId, id))).toMatchObject([
        { action: 'status_change', actorId: member.sub, details: { to: 'RESOLVED', note: 'Replaced' } },
      ]);
      expect(
        await value(`select payload from hutch_outbox where key = 'ticket:${id}' and topic = 'ticket.resolved'`),
      ).toBe(`{"id": ${id}, "note": "Replaced"}`);
      expect((await history(demo.db, tickets, id))[0]).toMatchObject({ actor: member.sub, role: 'authenticated' });
      expect((await post(`/tickets/${id}/resolve`, {}, signedIn())).status).toBe(404);
    });

    test('a failure after the update leaves neither', async () => {
      const id = await openTicket();
      const stranger = { role: 'authenticated', claims: JSON.stringify({ sub: 'usr_nobody' }) };
      await demo.driver.script(
        `alter table activity_log add constraint no_more check (action <> 'status_change') not valid`,
      );
      expect((await post(`/tickets/${id}/resolve`, {}, signedIn())).status).toBe(500);
      await demo.driver.script('alter table activity_log drop constraint no_more');
      expect(await value(`select status from tickets where id = ${id}`)).toBe('OPEN');
      expect((await post(`/tickets/${id}/resolve`, {}, stranger)).status).toBe(404);
    });

    test('metadata is merged', async () => {
      const id = await openTicket();
      await post(
        `/tickets/${id}/metadata`,
        { source: 'web', device: { os: 'Linux', model: 'X1' } },
        signedIn(),
        'PATCH',
      );
      const response = await post(`/tickets/${id}/metadata`, { device: { model: null } }, signedIn(), 'PATCH');
      expect(await response.json()).toEqual({ id, metadata: { source: 'web', device: { os: 'Linux' } } });
      expect((await post(`/tickets/${id}/metadata`, '[', signedIn(), 'PATCH')).status).toBe(400);
    });

    test('overdue tickets are escalated, once in four hours', async () => {
      await openTicket();
      const first: unknown = await (await post('/tickets/escalate', {}, signedIn())).json();
      expect(first).toEqual({ escalated: expect.any(Number) });
      expect(first).not.toEqual({ escalated: 0 });
      expect(await (await post('/tickets/escalate', {}, signedIn())).json()).toEqual({ escalated: 0 });
    });

    test('my activity and the load report', async () => {
      const mine = await demo.app.request('/reports/my-activity', { headers: signedIn() });
      expect(await mine.json()).toMatchObject({ actor: member.sub, days: 30 });
      expect((await demo.app.request('/reports/my-activity')).status).toBe(401);
      expect((await post('/reports/load', {}, signedIn())).status).toBe(403);
      expect(await (await post('/reports/load', {}, { role: 'service_role' })).json()).toEqual({
        refreshed: 'concurrently',
      });
      expect(Number(await value('select sum(tickets) from ticket_load'))).toBeGreaterThan(300);
    });

    test('people come and go with the identity provider', async () => {
      const secret = `whsec_${Buffer.from('a secret of the test').toString('base64')}`;
      process.env.IDENTITY_WEBHOOK_SECRET = secret;
      const send = (event: object, key = 'a secret of the test') => {
        const body = JSON.stringify(event);
        const timestamp = String(Math.floor(Date.now() / 1000));
        const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64');
        return post('/webhooks/identity', body, {
          'svix-id': 'msg_1',
          'svix-timestamp': timestamp,
          'svix-signature': `v1,${signature}`,
        });
      };
      const data = {
        id: 'user_new',
        first_name: 'Nia',
        last_name: 'Okoro',
        email_addresses: [{ email_address: 'nia@example.com' }],
      };
      expect(await (await send({ type: 'user.created', data })).json()).toEqual({ inserted: 1 });
      expect(await (await send({ type: 'user.created', data })).json()).toEqual({ unchanged: 1 });
      expect(await (await send({ type: 'user.updated', data: { ...data, first_name: 'Nya' } })).json()).toEqual({
        updated: 1,
      });
      expect(await (await send({ type: 'user.deleted', data: { id: 'user_new' } })).json()).toEqual({ deleted: 1 });
      expect(
        await demo.db
          .select({ id: users.id, name: users.name, deleted: users.deleted })
          .from(users)
          .where(eq(users.externalId, 'user_new')),
      ).toEqual([{ id: expect.stringMatching(/^usr_[0-9a-f]{24}$/), name: 'Nya Okoro', deleted: true }]);
      expect((await send({ type: 'user.created', data }, 'another secret')).status).toBe(401);
      expect((await send({ type: 'user.created', data: {} })).status).toBe(400);
    });

    test('an organization is deleted with its members and tickets, and comes back with them', async () => {
      const [org] = await demo.db.select().from(organizations).orderBy(organizations.id).limit(1);
      const count = () =>
        value(
          `select count(*) from tickets t join members m using (organization_id) where organization_id = '${org?.id}' and t.deleted_at is null and m.deleted_at is null`,
        );
      const before = await count();
      await demo.driver.script(`delete from organizations where id = '${org?.id}'`);
      expect(await count()).toBe('0');
      await demo.driver.script(`update organizations set deleted = false where id = '${org?.id}'`);
      expect(await count()).toBe(before);
    });

    test('the load adds tickets that fit together, and tells how far it is', async () => {
      const progress: LoadProgress[] = [];
      expect(
        await seedTickets(demo.driver, { tickets: 2500, chunk: 1000, onProgress: (it) => progress.push(it) }),
      ).toBe(2500);
      expect(progress.map((it) => it.done)).toEqual([1000, 2000, 2500]);
      expect(
        await value(`select count(*) from tickets t join users u on u.id = requester_id join organizations o on o.id = organization_id
        join subcategories s on (s.id, s.category_id) = (t.subcategory_id, t.category_id) where title like '%(%'`),
      ).toBe('2500');
      await expect(seedTickets(demo.driver, { tickets: 0 })).rejects.toMatchObject({
        code: 'row_invalid_value',
        field: 'tickets',
      });
    });
  });
}

test('the seed is the same on every engine', () => {
  expect(new Set(digests.values()).size).toBe(1);
});
