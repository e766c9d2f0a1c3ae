import { defineRelations } from 'drizzle-orm';
import { prompts, sessions } from './sessions.ts';
import { users } from './users.ts';

/** What `db.query` and, in routes, `c.var.tx.query` know. */
export const relations = defineRelations({ users, sessions, prompts }, (r) => ({
  users: { sessions: r.many.sessions(), prompts: r.many.prompts() },
  sessions: {
    user: r.one.users({ from: r.sessions.userId, to: r.users.id, optional: false }),
    prompts: r.many.prompts(),
  },
  prompts: {
    session: r.one.sessions({ from: r.prompts.sessionId, to: r.sessions.id, optional: false }),
    user: r.one.users({ from: r.prompts.userId, to: r.users.id, optional: false }),
  },
}));
