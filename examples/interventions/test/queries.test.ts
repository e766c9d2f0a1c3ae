import { describe, expect, test } from 'bun:test';
import { and, asc, avg, count, countDistinct, eq, gte, like, max, min, or, sql, sum } from 'drizzle-orm';
import { explain, insertMany, page } from 'hutch';
import { interventionSessions, interventions } from '../src/schema/interventions.ts';
import { students } from '../src/schema/students.ts';
import { roles, userRoles, users } from '../src/schema/users.ts';
import { interventionsDatabase, people } from './database.ts';

const { db, driver } = interventionsDatabase();

describe('Why Drizzle ORM?', () => {
  test('Previous Approach: cells are text, and every one has to be mapped', async () => {
    const { rows } = await driver.query({
      text: 'select first_name, last_name, created_at from users where id = $1',
      params: ['1'],
    });
    expect(rows[0]).toEqual(['Ana', 'Reyes', expect.any(String)]);
  });

  test('Current Approach: typed rows in camelCase', async () => {
    const user = await db.query.users.findFirst({ where: { id: 1 } });
    const createdAt: Date | undefined = user?.createdAt;
    expect(user).toMatchObject({ firstName: 'Ana', lastName: 'Reyes', createdAt });
    expect(createdAt).toBeInstanceOf(Date);
  });
});

describe('Core Tables', () => {
  const tables = {
    users: 'id cognito_sub email first_name last_name last_sign_in_at created_at updated_at',
    roles: 'id name description is_system created_at',
    user_roles: 'id user_id role_id created_at updated_at',
    students: 'id sis_id first_name last_name grade_level status school_id created_at updated_at',
    interventions: 'id student_id type status title start_date end_date created_by created_at updated_at',
  };
  for (const [name, columns] of Object.entries(tables)) {
    test(`the columns of ${name}`, async () => {
      const rows = await db.execute<{ column: string }>(
        sql`select column_name as "column" from information_schema.columns where table_name = ${name} order by ordinal_position`,
      );
      expect(rows.map((it) => it.column).join(' ')).toBe(columns);
    });
  }
});

describe('Basic Queries', () => {
  test('Select All', async () => {
    expect(await db.select().from(users)).toHaveLength(4);
  });

  test('Select Specific Columns', async () => {
    const userNames = await db
      .select({
        id: users.id,
        fullName: sql<string>`${users.firstName} || ' ' || ${users.lastName}`,
        email: users.email,
      })
      .from(users)
      .orderBy(users.id);
    expect(userNames[0]).toEqual({ id: 1, fullName: 'Ana Reyes', email: 'ana@example.com' });
  });

  test('Where Conditions: single', async () => {
    const user = await db.select().from(users).where(eq(users.cognitoSub, people.ana));
    expect(user).toMatchObject([{ id: 1 }]);
  });

  test('Where Conditions: multiple (AND)', async () => {
    const activeStudents = await db
      .select()
      .from(students)
      .where(and(eq(students.status, 'active'), eq(students.gradeLevel, '5')));
    expect(activeStudents.map((it) => it.sisId)).toEqual(['S100']);
  });

  test('Where Conditions: OR', async () => {
    const recentOrActive = await db
      .select()
      .from(interventions)
      .where(or(eq(interventions.status, 'in_progress'), gte(interventions.createdAt, new Date('2024-01-01'))));
    expect(recentOrActive).toHaveLength(3);
  });

  test('Where Conditions: LIKE', async () => {
    expect(await db.$count(users, like(users.email, '%@example.com'))).toBe(4);
    expect(await db.$count(users, like(users.email, '%@example.org'))).toBe(0);
  });
});

describe('Enums', () => {
  test('what there is not is refused by the compiler and by the database', async () => {
    const startDate = new Date();
    const attempt = db
      .insert(interventions)
      // @ts-expect-error no such type
      .values({ studentId: 1, type: 'magical', title: 'x', startDate, createdBy: 1 });
    expect(await attempt.catch((error: unknown) => error)).toMatchObject({ cause: { code: '22P02' } });
  });
});

describe('Relational Queries', () => {
  test('a user with roles', async () => {
    const userWithRoles = await db.query.users.findFirst({
      where: { cognitoSub: people.ana },
      with: { userRoles: { with: { role: true } } },
    });
    const names: string[] | undefined = userWithRoles?.userRoles.map((it) => it.role.name);
    expect(names).toEqual(['coordinator']);
  });

  test('Deep Nesting', async () => {
    const studentWithEverything = await db.query.students.findFirst({
      where: { id: 1 },
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
    expect(studentWithEverything).toMatchObject({
      school: { name: 'Riverside Elementary' },
      interventions: [
        {
          title: 'Reading',
          creator: { id: 1, firstName: 'Ana', lastName: 'Reyes' },
          sessions: [{ progressNotes: 'Better' }, { progressNotes: 'Baseline' }],
        },
        { title: 'Check in, check out', sessions: [] },
      ],
    });
    expect(Object.keys(studentWithEverything?.interventions[0]?.creator ?? {})).toEqual([
      'id',
      'firstName',
      'lastName',
    ]);
  });
});

describe('Joins (Alternative to Relational API)', () => {
  test('left joins', async () => {
    const result = await db
      .select({ userName: users.firstName, roleName: roles.name })
      .from(users)
      .leftJoin(userRoles, eq(users.id, userRoles.userId))
      .leftJoin(roles, eq(userRoles.roleId, roles.id))
      .where(eq(users.cognitoSub, people.ana));
    expect(result).toEqual([{ userName: 'Ana', roleName: 'coordinator' }]);
  });
});

describe('Aggregations', () => {
  test('Count rows', async () => {
    expect(await db.select({ count: count() }).from(users)).toEqual([{ count: 4 }]);
  });

  test('Group by', async () => {
    const interventionsByType = await db
      .select({ type: interventions.type, count: count() })
      .from(interventions)
      .groupBy(interventions.type)
      .orderBy(interventions.type);
    expect(interventionsByType).toEqual([
      { type: 'academic', count: 2 },
      { type: 'behavioral', count: 1 },
    ]);
  });

  test('Complex aggregation; countDistinct, because count() counts a student once for each intervention', async () => {
    const studentStats = await db
      .select({
        gradeLevel: students.gradeLevel,
        rowsOfTheJoin: count(),
        totalStudents: countDistinct(students.id),
        activeInterventions: sum(sql`CASE WHEN ${interventions.status} = 'in_progress' THEN 1 ELSE 0 END`).mapWith(
          Number,
        ),
      })
      .from(students)
      .leftJoin(interventions, eq(students.id, interventions.studentId))
      .groupBy(students.gradeLevel)
      .orderBy(students.gradeLevel);
    expect(studentStats).toEqual([
      { gradeLevel: '5', rowsOfTheJoin: 3, totalStudents: 2, activeInterventions: 1 },
      { gradeLevel: '6', rowsOfTheJoin: 1, totalStudents: 1, activeInterventions: 0 },
    ]);
  });

  test('sum, avg, min, max', async () => {
    const [row] = await db
      .select({
        sum: sum(interventions.id).mapWith(Number),
        avg: avg(interventions.id).mapWith(Number),
        min: min(interventions.startDate),
        max: max(interventionSessions.sessionDate),
      })
      .from(interventions)
      .leftJoin(interventionSessions, eq(interventions.id, interventionSessions.interventionId));
    expect(row).toMatchObject({ sum: 7, avg: 1.75, max: new Date('2026-01-20') });
    expect(row?.min).toBeInstanceOf(Date);
  });
});

describe('Insert', () => {
  test('Single insert', async () => {
    const newUser = await db
      .insert(users)
      .values({ cognitoSub: 'sub-eve', email: 'eve@example.com', firstName: 'John', lastName: 'Doe' })
      .returning();
    expect(newUser).toMatchObject([{ id: expect.any(Number), lastSignInAt: null }]);
  });

  test('Multiple inserts', async () => {
    const newStudents = await db
      .insert(students)
      .values([
        { sisId: 'S001', firstName: 'Alice', lastName: 'Smith', gradeLevel: '5' },
        { sisId: 'S002', firstName: 'Bob', lastName: 'Jones', gradeLevel: '6' },
      ])
      .returning();
    expect(newStudents.map((it) => [it.sisId, it.status])).toEqual([
      ['S001', 'active'],
      ['S002', 'active'],
    ]);
  });
});

describe('Update', () => {
  test('Update with where; updatedAt is the database’s', async () => {
    const [updated] = await db.update(users).set({ firstName: 'Jane' }).where(eq(users.id, 1)).returning();
    expect(updated?.firstName).toBe('Jane');
    expect(updated?.updatedAt.getTime()).toBeGreaterThan(updated?.createdAt.getTime() ?? 0);
  });

  test('Conditional updates', async () => {
    await db.update(students).set({ status: 'active' }).where(eq(students.id, 2));
    expect(await db.$count(students, eq(students.status, 'active'))).toBe(3);
  });
});

describe('Delete', () => {
  test('Delete with where; sessions go along', async () => {
    const deleted = await db.delete(interventions).where(eq(interventions.id, 1)).returning();
    expect(deleted).toMatchObject([{ title: 'Reading' }]);
    expect(await db.$count(interventionSessions)).toBe(0);
  });

  test('Delete with conditions', async () => {
    const old = new Date('2020-01-01');
    await db.insert(interventionSessions).values({ interventionId: 1, sessionDate: old, recordedBy: 1 });
    const cleaned = await db
      .delete(interventionSessions)
      .where(
        and(
          eq(interventionSessions.interventionId, 1),
          sql`${interventionSessions.sessionDate} < NOW() - INTERVAL '2 years'`,
        ),
      )
      .returning();
    expect(cleaned.map((it) => it.sessionDate)).toEqual([old]);
  });
});

describe('Performance', () => {
  const fill = () =>
    insertMany(
      db,
      students,
      Array.from({ length: 3_000 }, (_, i) => ({
        sisId: `N${i}`,
        firstName: 'N',
        lastName: `Name ${String(i).padStart(4, '0')}`,
        gradeLevel: '7' as const,
      })),
    );

  test('Indexing: one unique index, which is the lookup’s too', async () => {
    await driver.script(`insert into users (cognito_sub, email) select 's' || i, i || '@example.org' from generate_series(1, 3000) i;
      analyze users`);
    const plan = await explain(db, db.select().from(users).where(eq(users.cognitoSub, 's7')));
    expect(plan.text).toContain('users_cognito_sub_idx');
    expect((await explain(db, db.select().from(users).where(eq(users.email, '7@example.org')))).text).toContain(
      'users_email_idx',
    );
  });

  test('findFirst() asks for one row', async () => {
    expect(db.query.users.findFirst({ where: { id: 1 } }).toSQL().sql).toContain('limit');
  });

  test('Select only needed columns', async () => {
    const userNames = await db.select({ id: users.id, firstName: users.firstName }).from(users).limit(1);
    expect(Object.keys(userNames[0] ?? {})).toEqual(['id', 'firstName']);
  });

  test('Use pagination: by keyset, so that the last page costs what the first does', async () => {
    await fill();
    const order = { asc: students.lastName };
    const first = await page(db, students, { order, limit: 50 });
    const second = await page(db, students, { order, limit: 50, after: first.next });
    const byOffset = await db
      .select()
      .from(students)
      .orderBy(asc(students.lastName), asc(students.id))
      .limit(50)
      .offset(50);
    expect(second.rows).toEqual(byOffset);
    const back = await page(db, students, { order, limit: 50, before: second.previous });
    expect(back.rows).toEqual(first.rows);
  });

  test('Connection Management: more at once than there are connections is a queue, and no error', async () => {
    const results = await Promise.all(Array.from({ length: 200 }, () => db.$count(users)));
    expect(new Set(results)).toEqual(new Set([4]));
  });
});
