import { join } from 'node:path';
import type { Driver } from 'hutch';
import { type TestDatabaseSettings, testDatabase } from 'hutch/testing';
import { type Db, dbOver } from '../src/db.ts';

export const PROJECT = join(import.meta.dir, '..');

export const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** An instructor with a course and a lesson, and another's. */
export const EMMY = id(1);
export const ADA = id(2);
export const GRACE = id(3);
export const ALGEBRA = id(10);
export const MONDAY = id(20);
export const TUESDAY = id(21);

const ROWS = `
  insert into users (id, email, name, role) values
    ('${id(1)}', 'emmy@school.example', 'Emmy Noether', 'instructor'),
    ('${id(2)}', 'ada@school.example', 'Ada Lovelace', 'student'), ('${id(3)}', 'grace@school.example', 'Grace Hopper', 'student');
  insert into students (id, student_number, grade_level, status) values
    ('${id(2)}', 'S-1', 'Grade 7', 'active'), ('${id(3)}', 'S-2', 'Grade 6', 'enrolled');
  insert into courses (id, name, instructor_id) values ('${id(10)}', 'Algebra', '${id(1)}'), ('${id(11)}', 'Poetry', null);
  insert into enrollments (student_id, course_id) values ('${id(2)}', '${id(10)}'), ('${id(3)}', '${id(11)}');
  insert into class_sessions (id, course_id, session_date, topic) values
    ('${id(20)}', '${id(10)}', '2026-01-05', 'Rings'), ('${id(21)}', '${id(11)}', '2026-01-06', 'Sonnets');`;

/** A migrated database for each test: embedded, or on the server of `TEST_DATABASE_URL`. */
export function schoolDatabase(settings: TestDatabaseSettings = {}): { readonly driver: Driver; readonly db: Db } {
  const setup = (driver: Driver) => driver.script(ROWS);
  const { driver } = testDatabase({ project: PROJECT, setup, ...settings });
  return { driver, db: dbOver(driver) };
}

/** Runs as somebody who is signed in, as a request with their token would. */
export const as = (sub: string, userRole: 'student' | 'instructor' | 'admin') => ({
  role: 'authenticated',
  settings: { 'request.jwt.claims': JSON.stringify({ role: 'authenticated', sub, user_role: userRole }) },
});

/** What a promise fails with. `expect(…).rejects` would not let a Worker answer. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
