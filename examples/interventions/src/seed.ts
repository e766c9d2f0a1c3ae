import { sql } from 'drizzle-orm';
import { getTableConfig } from 'drizzle-orm/pg-core';
import { drizzleOver, type SeedContext } from 'hutch';
import { interventionSessions, interventions } from './schema/interventions.ts';
import { schools, students } from './schema/students.ts';
import { roles, roleTools, userRoles, users } from './schema/users.ts';

/** Invented people. Two coordinators, one administrator, one teacher without access to interventions. */
export default async function seed({ tx }: SeedContext): Promise<void> {
  const db = drizzleOver(tx);
  await db.insert(users).values([
    { id: 1, cognitoSub: 'sub-ana', email: 'ana@example.com', firstName: 'Ana', lastName: 'Reyes' },
    { id: 2, cognitoSub: 'sub-ben', email: 'ben@example.com', firstName: 'Ben', lastName: 'Okafor' },
    { id: 3, cognitoSub: 'sub-cleo', email: 'cleo@example.com', firstName: 'Cleo', lastName: 'Marsh' },
    { id: 4, cognitoSub: 'sub-dan', email: 'dan@example.com', firstName: 'Dan', lastName: 'Ito' },
  ]);
  await db.insert(roles).values([
    { id: 1, name: 'coordinator', description: 'Plans and runs interventions' },
    { id: 2, name: 'administrator', isSystem: true },
    { id: 3, name: 'teacher' },
  ]);
  await db.insert(roleTools).values([
    { id: 1, roleId: 1, tool: 'interventions' },
    { id: 2, roleId: 1, tool: 'students' },
    { id: 3, roleId: 2, tool: 'interventions' },
    { id: 4, roleId: 2, tool: 'students' },
    { id: 5, roleId: 3, tool: 'students' },
  ]);
  await db.insert(userRoles).values([
    { id: 1, userId: 1, roleId: 1 },
    { id: 2, userId: 2, roleId: 1 },
    { id: 3, userId: 3, roleId: 2 },
    { id: 4, userId: 4, roleId: 3 },
  ]);
  await db.insert(schools).values([{ id: 1, name: 'Riverside Elementary', district: 'North' }]);
  await db.insert(students).values([
    { id: 1, sisId: 'S100', firstName: 'Mia', lastName: 'Stone', gradeLevel: '5', schoolId: 1 },
    { id: 2, sisId: 'S101', firstName: 'Leo', lastName: 'Park', gradeLevel: '5', status: 'inactive', schoolId: 1 },
    { id: 3, sisId: 'S102', firstName: 'Zoe', lastName: 'Adams', gradeLevel: '6' },
  ]);
  const startDate = new Date('2026-01-12');
  await db.insert(interventions).values([
    { id: 1, studentId: 1, type: 'academic', status: 'in_progress', title: 'Reading', startDate, createdBy: 1 },
    { id: 2, studentId: 1, type: 'behavioral', title: 'Check in, check out', startDate, createdBy: 2 },
    { id: 3, studentId: 3, type: 'academic', status: 'completed', title: 'Fractions', startDate, createdBy: 1 },
  ]);
  await db.insert(interventionSessions).values([
    { id: 1, interventionId: 1, sessionDate: new Date('2026-01-13'), progressNotes: 'Baseline', recordedBy: 1 },
    { id: 2, interventionId: 1, sessionDate: new Date('2026-01-20'), progressNotes: 'Better', recordedBy: 1 },
  ]);
  for (const table of [users, roles, roleTools, userRoles, schools, students, interventions, interventionSessions]) {
    const { name } = getTableConfig(table);
    // The ids were given, so that the seed's rows are the same everywhere; the next one follows them.
    await db.execute(sql`select setval(pg_get_serial_sequence(${name}, 'id'), (select max(id) from ${table}))`);
  }
}
