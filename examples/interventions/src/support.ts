import { eq } from 'drizzle-orm';
import { type drizzleOver, transaction } from 'hutch';
import { interventionSessions, interventions } from './schema/interventions.ts';
import type { relations } from './schema/relations.ts';
import { students } from './schema/students.ts';

export type Db = ReturnType<typeof drizzleOver<typeof relations>>;
export type Transaction = Parameters<Parameters<Db['transaction']>[0]>[0];

export interface NewIntervention {
  readonly studentId: number;
  readonly type: (typeof interventions.$inferInsert)['type'];
  readonly title: string;
  readonly startDate: Date;
}

/** An intervention, its first session and the student's status: all or nothing. */
export function beginSupport(db: Db | Transaction, by: number, values: NewIntervention) {
  return transaction(db, async (tx) => {
    const [intervention] = await tx
      .insert(interventions)
      .values({ ...values, status: 'planned', createdBy: by })
      .returning();
    if (!intervention) throw new Error('The insert gave no row');
    const [session] = await tx
      .insert(interventionSessions)
      .values({
        interventionId: intervention.id,
        sessionDate: new Date(),
        progressNotes: 'Initial session',
        recordedBy: by,
      })
      .returning();
    await tx.update(students).set({ status: 'active' }).where(eq(students.id, values.studentId));
    return { ...intervention, sessions: [session] };
  });
}
