import { defineRelations } from 'drizzle-orm';
import { categories, categoryAssignments, subcategories } from './categories.ts';
import { members, organizations } from './organizations.ts';
import { activityLog, comments, tickets } from './tickets.ts';
import { notificationSettings, roles, userRoles, users } from './users.ts';

const tables = {
  users,
  roles,
  userRoles,
  notificationSettings,
  organizations,
  members,
  categories,
  subcategories,
  categoryAssignments,
  tickets,
  comments,
  activityLog,
};

export const relations = defineRelations(tables, (r) => ({
  users: {
    memberships: r.many.members(),
    roles: r.many.userRoles(),
    notificationSettings: r.one.notificationSettings({ from: r.users.id, to: r.notificationSettings.userId }),
    requestedTickets: r.many.tickets({ alias: 'requester' }),
    assignedTickets: r.many.tickets({ alias: 'assignee' }),
    comments: r.many.comments(),
  },
  userRoles: {
    user: r.one.users({ from: r.userRoles.userId, to: r.users.id, optional: false }),
    role: r.one.roles({ from: r.userRoles.roleId, to: r.roles.id, optional: false }),
  },
  notificationSettings: {
    user: r.one.users({ from: r.notificationSettings.userId, to: r.users.id, optional: false }),
  },
  organizations: {
    members: r.many.members(),
    tickets: r.many.tickets(),
  },
  members: {
    organization: r.one.organizations({ from: r.members.organizationId, to: r.organizations.id, optional: false }),
    user: r.one.users({ from: r.members.userId, to: r.users.id, optional: false }),
  },
  categories: {
    subcategories: r.many.subcategories(),
    assignments: r.many.categoryAssignments(),
    tickets: r.many.tickets(),
  },
  subcategories: {
    category: r.one.categories({ from: r.subcategories.categoryId, to: r.categories.id, optional: false }),
  },
  categoryAssignments: {
    category: r.one.categories({ from: r.categoryAssignments.categoryId, to: r.categories.id, optional: false }),
    user: r.one.users({ from: r.categoryAssignments.userId, to: r.users.id, optional: false }),
  },
  tickets: {
    organization: r.one.organizations({ from: r.tickets.organizationId, to: r.organizations.id, optional: false }),
    category: r.one.categories({ from: r.tickets.categoryId, to: r.categories.id }),
    subcategory: r.one.subcategories({ from: r.tickets.subcategoryId, to: r.subcategories.id }),
    requester: r.one.users({ from: r.tickets.requesterId, to: r.users.id, alias: 'requester', optional: false }),
    assignee: r.one.users({ from: r.tickets.assigneeId, to: r.users.id, alias: 'assignee' }),
    comments: r.many.comments(),
    activity: r.many.activityLog(),
  },
  comments: {
    ticket: r.one.tickets({ from: r.comments.ticketId, to: r.tickets.id, optional: false }),
    author: r.one.users({ from: r.comments.authorId, to: r.users.id }),
  },
  activityLog: {
    ticket: r.one.tickets({ from: r.activityLog.ticketId, to: r.tickets.id }),
  },
}));
