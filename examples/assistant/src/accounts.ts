import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { active, transaction, upsert } from 'hutch';
import type { Db } from './db.ts';
import { prompts, type Session, sessions } from './schema/sessions.ts';
import { type User, users } from './schema/users.ts';

export type Transaction = Parameters<Parameters<Db['transaction']>[0]>[0];

/** Raised where a refresh token was used twice: somebody else may have it. */
export class TokenMismatch extends Error {
  override readonly name = 'TokenMismatch';
}

const newToken = (): string => randomBytes(24).toString('base64url');

/** Signs a person in by address: a new account, or the one there is. One statement, so two sign-ins at once make one account. */
export async function signIn(db: Db, person: { email: string; name?: string }): Promise<User> {
  const row = { ...person, refreshToken: newToken(), lastLoginAt: new Date() };
  const { rows } = await upsert(db, users, [row], {
    target: { columns: users.email, where: sql`deleted_at is null` },
    returning: true,
  });
  const [user] = rows;
  if (!user) throw new Error('The upsert gave no row');
  return user;
}

/** A new refresh token for the old one, which is worth nothing afterwards: of two that try, one gets it. */
export async function rotateToken(db: Db | Transaction, userId: string, oldToken: string): Promise<string> {
  const refreshToken = newToken();
  const result = await db
    .update(users)
    .set({ refreshToken })
    .where(active(users, eq(users.id, userId), eq(users.refreshToken, oldToken)))
    .returning({ id: users.id });
  if (result.length === 0) throw new TokenMismatch('Token mismatch');
  return refreshToken;
}

/** A session and its welcome, or neither. Inside a request's transaction it is a savepoint of it. */
export function openSession(db: Db | Transaction, userId: string, title = 'Welcome Session'): Promise<Session> {
  return transaction(db, async (tx) => {
    const [session] = await tx.insert(sessions).values({ userId, title }).returning();
    if (!session) throw new Error('The insert gave no row');
    await tx.insert(prompts).values({ sessionId: session.id, userId, content: 'Welcome to Claude Code!' });
    return session;
  });
}
