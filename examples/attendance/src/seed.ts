import { insertMany, type SeedContext } from 'hutch';
import { markAttendance, register } from './attendance.ts';
import { dbOver } from './db.ts';
import { parsedFeedback } from './schema/attendance.ts';
import { classSessions, courses } from './schema/courses.ts';
import { users } from './schema/people.ts';

const INSTRUCTOR = '00000000-0000-4000-8000-000000000001';
const COURSES = ['Algebra', 'Biology', 'Poetry'];
const PEOPLE = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Edsger Dijkstra', 'Barbara Liskov', 'Donald Knuth'];

/** `hutch dev` runs it on a new database, in one transaction. */
export default async function seed({ tx }: SeedContext): Promise<void> {
  const db = dbOver(tx);
  const instructor = {
    id: INSTRUCTOR,
    email: 'emmy@school.example',
    name: 'Emmy Noether',
    role: 'instructor' as const,
  };
  await db.insert(users).values(instructor);
  const taught = await db
    .insert(courses)
    .values(COURSES.map((name) => ({ name, instructorId: INSTRUCTOR })))
    .returning();
  const lessons = await db
    .insert(classSessions)
    .values(taught.flatMap(({ id, name }) => [7, 14, 21].map((days) => lesson(id, name, days))))
    .returning();
  for (const [i, name] of PEOPLE.entries()) {
    const email = `${name.split(' ')[0]?.toLowerCase()}@school.example`;
    const courseIds = taught.map((it) => it.id);
    const person = { email, name, studentNumber: `S-${1000 + i}`, gradeLevel: `Grade ${6 + (i % 3)}`, courseIds };
    const { id: studentId } = await register(db, person);
    for (const { id } of lessons) await markAttendance(db, id, [{ studentId, status: i === 3 ? 'absent' : 'present' }]);
    await insertMany(db, parsedFeedback, [
      { studentId, score: 3 + (i % 5) / 2, summary: `${name} works with care`, details: { strengths: ['proofs'] } },
    ]);
  }
}

const lesson = (courseId: string, name: string, daysAgo: number) => ({
  courseId,
  sessionDate: new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10),
  topic: `${name}, lesson ${4 - daysAgo / 7}`,
});
