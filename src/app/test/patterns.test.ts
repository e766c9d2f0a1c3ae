/** What a help desk asks of its database, as its own code would: queries, indexes, integrity, escalation, a status added later. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { resolve } from 'node:path';
import { desc, eq, inArray, sql } from 'drizzle-orm';
import { explain } from '../../data/connections/index.ts';
import { json } from '../../data/jsonb/index.ts';
import type { OutboxEvent } from '../../data/outbox/index.ts';
import { offsetPage, page } from '../../data/paginate/index.ts';
import { active, purge } from '../../data/soft-delete/index.ts';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import { engines } from '../../db/test/engines.ts';
import { check, down, loadProject, readMigrations, up } from '../../migrate/index.ts';
import { categories, categoryAssignments, subcategories } from '../schema/categories.ts';
import { relations } from '../schema/relations.ts';
import { activityLog, comments, tickets } from '../schema/tickets.ts';
import { roles, userRoles, users } from '../schema/users.ts';
import { seedTickets } from '../seed/load.ts';
import { helpDeskWorker } from '../worker.ts';
import { openDemo } from './demo.ts';

const sqlstateOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: { cause?: { code?: string } }) => error.cause?.code,
  );

for (const engine of engines(15)) {
  describe.skipIf(engine.unavailable !== undefined)(`patterns on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    let demo: Awaited<ReturnType<typeof openDemo>>;
    const database = () => drizzleOver(demo.driver, { relations });
    let db: ReturnType<typeof database>;
    beforeAll(async () => {
      demo = await openDemo(engine);
      db = database();
    });
    afterAll(() => demo.driver.close());

    const newTicket = async (values: Partial<typeof tickets.$inferInsert> = {}) => {
      const [like] = await db.select().from(tickets).limit(1);
      const { organizationId = '', requesterId = '' } = like ?? {};
      const [made] = await db
        .insert(tickets)
        .values({ organizationId, requesterId, title: 'Test', ...values })
        .returning();
      if (!made) throw new Error('The insert gave no row');
      return made;
    };

    describe('queries', () => {
      test('all, some, and joined', async () => {
        const all = await db.select().from(tickets);
        expect(all).toHaveLength(320);
        const open = await db.select().from(tickets).where(eq(tickets.status, 'OPEN'));
        expect(open.length).toBe(all.filter((it) => it.status === 'OPEN').length);
        const joined = await db.select().from(tickets).innerJoin(categories, eq(tickets.categoryId, categories.id));
        expect(joined.every((it) => it.tickets.categoryId === it.categories.id)).toBe(true);
      });

      test('relations, one to many and many to one, in one statement', async () => {
        const found = await db.query.tickets.findMany({
          where: { status: 'OPEN' },
          with: { category: true, requester: true, assignee: true },
          limit: 10,
          orderBy: { createdAt: 'desc' },
        });
        expect(found).toHaveLength(10);
        expect(found.every((it) => it.requester.id === it.requesterId && it.category?.id === it.categoryId)).toBe(true);
        const [category] = await db.query.categories.findMany({
          with: { tickets: true, subcategories: true },
          limit: 1,
        });
        expect(category?.tickets.length).toBeGreaterThan(0);
        expect(category?.subcategories.length).toBeGreaterThan(0);
      });

      test('many to many, with what the connection says', async () => {
        const people = await db.query.users.findMany({
          with: { roles: { with: { role: true } }, notificationSettings: true },
          where: { isStaff: true },
        });
        expect(people.flatMap((it) => it.roles).every((it) => it.role.id === it.roleId)).toBe(true);
        const [looksAfter] = await db.query.categoryAssignments.findMany({
          with: { user: true, category: true },
          where: { isPrimary: true },
        });
        expect(looksAfter?.user.id).toBe(looksAfter?.userId ?? '');
      });

      test('pages, by number and by key', async () => {
        const order = { desc: tickets.createdAt } as const;
        const second = await offsetPage(db, tickets, { order, page: 2, size: 50, count: 'exact' });
        expect(second).toMatchObject({ page: 2, pages: 7, count: 320 });
        const byHand = await db
          .select()
          .from(tickets)
          .orderBy(desc(tickets.createdAt), desc(tickets.id))
          .offset(50)
          .limit(50);
        expect(second.rows).toEqual(byHand);
        const first = await page(db, tickets, { order, limit: 50 });
        expect((await page(db, tickets, { order, limit: 50, after: first.next })).rows).toEqual(byHand);
      });
    });

    describe('integrity', () => {
      test('defaults and checks: the level of escalation stays within its bounds', async () => {
        const made = await newTicket();
        expect(made).toMatchObject({ status: 'OPEN', escalationLevel: 0, metadata: {}, attachments: [] });
        expect(await sqlstateOf(newTicket({ escalationLevel: -1 }))).toBe('23514');
        expect(await sqlstateOf(newTicket({ escalationLevel: 6 }))).toBe('23514');
        await db.execute(sql`delete from tickets where id = ${made.id}`);
      });

      test('unique: an address, and a role in one scope, null counted as a scope', async () => {
        const [person] = await db.select().from(users).limit(1);
        expect(await sqlstateOf(db.insert(users).values({ email: person?.email ?? '', name: 'Again' }))).toBe('23505');
        const [role] = await db.insert(roles).values({ name: 'auditor' }).returning();
        const given = { userId: person?.id ?? '', roleId: role?.id ?? 0, domain: 'it' };
        await db.insert(userRoles).values([given, { ...given, scope: 'north' }]);
        expect(await sqlstateOf(db.insert(userRoles).values(given))).toBe('23505');
      });

      test('one person looks after a category first', async () => {
        const [first] = await db.select().from(categoryAssignments).where(eq(categoryAssignments.isPrimary, true));
        const others = db
          .select({ id: users.id })
          .from(users)
          .where(sql`id not in (select user_id from category_assignments)`)
          .limit(1);
        const [other] = await others;
        const second = { categoryId: first?.categoryId ?? 0, userId: other?.id ?? '', isPrimary: true };
        expect(await sqlstateOf(db.insert(categoryAssignments).values(second))).toBe('23505');
      });

      test('what belongs to a row goes with it; what only mentions it forgets it', async () => {
        const [category] = await db.insert(categories).values({ name: 'Gone soon', slug: 'gone' }).returning();
        const categoryId = category?.id ?? 0;
        await db.insert(subcategories).values({ categoryId, name: 'With it', slug: 'with-it' });
        const ticket = await newTicket({ categoryId });
        await db.insert(comments).values({ ticketId: ticket.id, body: 'Hello' });
        await db.insert(activityLog).values({ ticketId: ticket.id, action: 'created' });
        await erase(categories, categoryId);
        expect(await db.$count(subcategories, eq(subcategories.categoryId, categoryId))).toBe(0);
        expect(
          await db.select({ categoryId: tickets.categoryId }).from(tickets).where(eq(tickets.id, ticket.id)),
        ).toEqual([{ categoryId: null }]);
        await erase(tickets, ticket.id);
        expect(await db.$count(comments, eq(comments.ticketId, ticket.id))).toBe(0);
        expect(await db.$count(activityLog, sql`ticket_id is null and action = 'created'`)).toBe(1);
      });

      /** For good, as after the time that what is deleted is kept. */
      async function erase(table: typeof categories | typeof tickets, id: number): Promise<void> {
        await db
          .update(table)
          .set({ deletedAt: new Date('2020-01-01') })
          .where(eq(table.id, id));
        await purge(db, table, { olderThan: '30 days' });
      }
    });

    describe('indexes are used', () => {
      beforeAll(async () => {
        await seedTickets(demo.driver, { tickets: 5_000 });
        await demo.driver.script('analyze tickets');
      });

      const metadata = json(tickets.metadata);
      const queries = {
        'composite: the newest of a status': [
          'tickets_status_created_at',
          () => db.select().from(tickets).where(eq(tickets.status, 'OPEN')).orderBy(desc(tickets.createdAt)).limit(10),
        ],
        'partial: what is due and still open': [
          'tickets_due_open',
          () =>
            db
              .select()
              .from(tickets)
              .where(sql`${tickets.dueAt} < '2000-01-01' and resolved_at is null and deleted_at is null`),
        ],
        'partial: the forwarded': [
          'tickets_forwarded',
          () => db.select().from(tickets).where(sql`status = 'FORWARDED'`).orderBy(tickets.createdAt).limit(5),
        ],
        'GIN: a value in metadata': [
          'tickets_metadata',
          () =>
            db
              .select()
              .from(tickets)
              .where(metadata.contains({ building: 'No such building' })),
        ],
      } as const;
      for (const [name, [index, query]] of Object.entries(queries)) {
        test(name, async () => expect((await explain(db, query())).text).toContain(index));
      }

      test('a path compared as text is no work for GIN, and gives the same rows', async () => {
        const byText = db.select().from(tickets).where(sql`${tickets.metadata}->>'source' = 'phone'`);
        expect((await explain(db, byText)).text).not.toContain('tickets_metadata');
        const byContainment = db
          .select()
          .from(tickets)
          .where(metadata.contains({ source: 'phone' }));
        const ids = (rows: { id: number }[]) => rows.map((it) => it.id).toSorted((a, b) => a - b);
        expect(ids(await byContainment)).toEqual(ids(await byText));
      });
    });

    describe('escalation', () => {
      test('the worker raises what is overdue, and hands its event on', async () => {
        const overdue = await newTicket({ dueAt: new Date('2026-01-01') });
        const inTime = await newTicket({ dueAt: new Date('2126-01-01') });
        const heard = Promise.withResolvers<OutboxEvent>();
        const settings = { every: 20, handle: heard.resolve, onError: heard.reject };
        const event = await (async () => {
          await using _ = await helpDeskWorker(demo.driver, settings);
          return await heard.promise;
        })();
        expect(event).toMatchObject({ topic: 'tickets.escalated', attempt: 1 });
        expect(event.payload).toContainEqual({ ticketId: overdue.id, level: 1 });
        const found = await db
          .select({ level: tickets.escalationLevel, at: tickets.lastEscalationAt })
          .from(tickets)
          .where(active(tickets, inArray(tickets.id, [overdue.id, inTime.id])))
          .orderBy(tickets.id);
        expect(found).toEqual([
          { level: 1, at: expect.any(Date) },
          { level: 0, at: null },
        ]);
        expect(await db.$count(activityLog, sql`ticket_id = ${overdue.id} and action = 'escalated'`)).toBe(1);
      });
    });

    describe('a status added later', () => {
      const root = resolve(import.meta.dir, '../../..');
      const labels = async () => {
        const rows = await db.execute<{ label: string }>(
          sql`select enumlabel as label from pg_enum where enumtypid = 'ticket_status'::regtype order by enumsortorder`,
        );
        return rows.map((it) => it.label);
      };

      test('has a migration with its index, and a way back and forth with the rows in place', async () => {
        const { migrations } = await readMigrations(await loadProject(root));
        const added = migrations.findIndex((it) => it.name.endsWith('_forwarded_status'));
        const before = await db.$count(tickets);
        await db.update(tickets).set({ status: 'OPEN' }).where(eq(tickets.status, 'FORWARDED'));
        expect((await down(demo.driver, migrations, { steps: migrations.length - added })).failure).toBeUndefined();
        expect(await labels()).not.toContain('FORWARDED');
        expect((await up(demo.driver, migrations)).failure).toBeUndefined();
        expect(await labels()).toEqual(['OPEN', 'IN_PROGRESS', 'WAITING', 'FORWARDED', 'RESOLVED', 'CLOSED']);
        const [index] = await db.execute<{ indexdef: string }>(
          sql`select indexdef from pg_indexes where indexname = 'tickets_forwarded'`,
        );
        expect(index?.indexdef).toContain(`WHERE (status = 'FORWARDED'::ticket_status)`);
        expect(await db.$count(tickets)).toBe(before);
      });

      test('and schema and migrations agree', async () => {
        expect(await check(await loadProject(root))).toEqual([]);
      });
    });
  });
}
