import { describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { pgTable, snakeCase, varchar } from 'drizzle-orm/pg-core';
import { checkCasing } from '../src/casing.ts';
import * as interventions from '../src/schema/interventions.ts';
import * as studentTables from '../src/schema/students.ts';
import * as userTables from '../src/schema/users.ts';
import { interventionsDatabase } from './database.ts';

const { db } = interventionsDatabase();
const { users } = userTables;
const schema = { ...userTables, ...studentTables, ...interventions };

describe('How It Works', () => {
  const pairs = {
    firstName: [users.firstName, 'first_name'],
    cognitoSub: [users.cognitoSub, 'cognito_sub'],
    createdAt: [users.createdAt, 'created_at'],
    sisId: [studentTables.students.sisId, 'sis_id'],
    startDate: [interventions.interventions.startDate, 'start_date'],
  } as const;
  for (const [property, [column, name]] of Object.entries(pairs)) {
    test(`${property} is ${name}`, () => expect(column.name).toBe(name));
  }
});

describe('Testing Casing', () => {
  test('every property has its column, and every column its property', async () => {
    expect(await checkCasing(db, schema)).toEqual([]);
  });

  test('written in camelCase, read in snake_case, and the other way round', async () => {
    await db.insert(users).values({ cognitoSub: 'sub-eve', email: 'eve@example.com', firstName: 'Eve' });
    const raw = await db.execute(sql`select first_name, cognito_sub from users where cognito_sub = 'sub-eve'`);
    expect([...raw]).toEqual([{ first_name: 'Eve', cognito_sub: 'sub-eve' }]);
    await db.execute(
      sql`insert into users (cognito_sub, email, first_name) values ('sub-fay', 'fay@example.com', 'Fay')`,
    );
    expect(await db.query.users.findFirst({ where: { cognitoSub: 'sub-fay' } })).toMatchObject({ firstName: 'Fay' });
  });

  test('a column that was named in camelCase is found, on either side', async () => {
    const wrong = pgTable('users', { firstName: varchar('firstName') });
    expect(await checkCasing(db, { wrong })).toContainEqual({ table: 'users', property: 'firstName', column: null });
    const poor = snakeCase.table('roles', { name: varchar() });
    expect(await checkCasing(db, { poor })).toContainEqual({ table: 'roles', property: null, column: 'is_system' });
  });
});

describe('Query Usage', () => {
  test('snake_case in code is a type error', async () => {
    const [user] = await db.select().from(users).where(eq(users.firstName, 'Ana'));
    expect(user?.createdAt).toBeInstanceOf(Date);
    // @ts-expect-error there is `firstName`
    expect(user?.first_name).toBeUndefined();
  });
});
