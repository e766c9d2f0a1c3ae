import { isNull, lt, sql } from 'drizzle-orm';
import { enqueue } from '../data/outbox/index.ts';
import { active } from '../data/soft-delete/soft-delete.ts';
import { actAs } from '../data/transaction/index.ts';
import type { ProjectEnv } from '../server/application/project-routes.ts';
import { SERVER } from './routes/env.ts';
import { activityLog, tickets } from './schema/tickets.ts';

type Transaction = Pick<ProjectEnv['Variables'], 'tx'>['tx'];

const MAX_LEVEL = 5;

/**
 * Raises each overdue ticket by one level, at most once in four hours, says so in its activity, and tells other services.
 * For the tickets that whoever acts may change; to be called in a transaction.
 *
 * @returns how many there were
 */
export async function escalateOverdue(tx: Transaction, actorId?: string): Promise<number> {
  const raised = await tx
    .update(tickets)
    .set({ escalationLevel: sql`${tickets.escalationLevel} + 1`, lastEscalationAt: sql`now()` })
    .where(
      active(
        tickets,
        isNull(tickets.resolvedAt),
        lt(tickets.dueAt, sql`now()`),
        lt(tickets.escalationLevel, MAX_LEVEL),
        sql`coalesce(${tickets.lastEscalationAt} < now() - interval '4 hours', true)`,
      ),
    )
    .returning({ ticketId: tickets.id, level: tickets.escalationLevel });
  if (raised.length === 0) return 0;
  const entries = raised.map(({ ticketId, level }) => ({ ticketId, actorId, action: 'escalated', details: { level } }));
  await tx.insert(activityLog).values(entries);
  await actAs(tx, SERVER);
  await enqueue(tx, { topic: 'tickets.escalated', payload: raised });
  return raised.length;
}
