/** `bun db:test-casing`: whether code and database mean the same columns, on the database of `DATABASE_URL` (that of `bun dev`: see its banner). */
import { drizzleOver, openPostgres } from 'hutch';
import { checkCasing } from '../src/casing.ts';
import * as interventions from '../src/schema/interventions.ts';
import * as students from '../src/schema/students.ts';
import * as users from '../src/schema/users.ts';

const driver = await openPostgres({ url: process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:54322/postgres' });
const problems = await checkCasing(drizzleOver(driver), { ...users, ...students, ...interventions });
for (const { table, property, column } of problems) {
  console.error(`${table}: ${property ?? 'nothing in code'} ↔ ${column ?? 'nothing in the database'}`);
}
if (problems.length === 0) console.log('camelCase in code, snake_case in the database: all columns agree.');
await driver.close();
process.exitCode = problems.length === 0 ? 0 : 1;
