import { defineRelations } from 'drizzle-orm';
import { attendances, parsedFeedback } from './attendance.ts';
import { classSessions, courses, enrollments } from './courses.ts';
import { students, users } from './people.ts';

const tables = { users, students, courses, enrollments, classSessions, attendances, parsedFeedback };

export const relations = defineRelations(tables, (r) => ({
  users: { student: r.one.students({ from: r.users.id, to: r.students.id }) },
  students: {
    user: r.one.users({ from: r.students.id, to: r.users.id, optional: false }),
    enrollments: r.many.enrollments(),
    attendances: r.many.attendances(),
    feedback: r.many.parsedFeedback(),
  },
  courses: {
    instructor: r.one.users({ from: r.courses.instructorId, to: r.users.id }),
    enrollments: r.many.enrollments(),
    sessions: r.many.classSessions(),
  },
  enrollments: {
    student: r.one.students({ from: r.enrollments.studentId, to: r.students.id, optional: false }),
    course: r.one.courses({ from: r.enrollments.courseId, to: r.courses.id, optional: false }),
  },
  classSessions: {
    course: r.one.courses({ from: r.classSessions.courseId, to: r.courses.id, optional: false }),
    attendances: r.many.attendances(),
  },
  attendances: {
    student: r.one.students({ from: r.attendances.studentId, to: r.students.id, optional: false }),
    session: r.one.classSessions({ from: r.attendances.sessionId, to: r.classSessions.id, optional: false }),
  },
  parsedFeedback: {
    student: r.one.students({ from: r.parsedFeedback.studentId, to: r.students.id, optional: false }),
  },
}));
