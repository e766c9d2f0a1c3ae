import { defineRelations } from 'drizzle-orm';
import { interventionSessions, interventions } from './interventions.ts';
import { schools, students } from './students.ts';
import { roles, roleTools, userRoles, users } from './users.ts';

const tables = { users, roles, userRoles, roleTools, schools, students, interventions, interventionSessions };

export const relations = defineRelations(tables, (r) => ({
  users: {
    userRoles: r.many.userRoles(),
    createdInterventions: r.many.interventions(),
  },
  roles: { tools: r.many.roleTools() },
  userRoles: {
    user: r.one.users({ from: r.userRoles.userId, to: r.users.id, optional: false }),
    role: r.one.roles({ from: r.userRoles.roleId, to: r.roles.id, optional: false }),
  },
  roleTools: { role: r.one.roles({ from: r.roleTools.roleId, to: r.roles.id, optional: false }) },
  schools: { students: r.many.students() },
  students: {
    school: r.one.schools({ from: r.students.schoolId, to: r.schools.id }),
    interventions: r.many.interventions(),
  },
  interventions: {
    student: r.one.students({ from: r.interventions.studentId, to: r.students.id, optional: false }),
    creator: r.one.users({ from: r.interventions.createdBy, to: r.users.id, optional: false }),
    sessions: r.many.interventionSessions(),
  },
  interventionSessions: {
    intervention: r.one.interventions({
      from: r.interventionSessions.interventionId,
      to: r.interventions.id,
      optional: false,
    }),
  },
}));
