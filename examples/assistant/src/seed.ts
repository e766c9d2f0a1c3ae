import type { SeedContext } from 'hutch';
import { openSession } from './accounts.ts';
import { dbOver } from './db.ts';
import { users } from './schema/users.ts';

/** `hutch dev` runs it on a new database, in one transaction. */
export default async function seed({ tx }: SeedContext): Promise<void> {
  const db = dbOver(tx);
  const people = await db
    .insert(users)
    .values([
      { id: 'user_1', email: 'ada@company.com', name: 'Ada Lovelace', metadata: { preferences: { theme: 'dark' } } },
      { id: 'user_2', email: 'grace@company.com', name: 'Grace Hopper', metadata: { lastDevice: 'laptop' } },
    ])
    .returning();
  for (const { id } of people) await openSession(db, id);
}
