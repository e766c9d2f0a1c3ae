import { drizzleOver, type SeedContext } from 'hutch';
import {
  githubInstallationRepositories,
  githubInstallations,
  organizationMembers,
  organizations,
  users,
} from './schema.ts';

/** `bun db:init` migrates and runs it, once; so does `bun dev` on a new database. */
export default async function seed({ tx }: SeedContext): Promise<void> {
  const db = drizzleOver(tx);
  const photoUrl = 'https://example.com/photo.jpg';
  await db.insert(users).values([
    { id: 'user_ada', email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace', photoUrl, isAdmin: true },
    { id: 'user_john', email: 'john@example.com', firstName: 'John', lastName: 'Doe', photoUrl },
  ]);
  await db.insert(organizations).values({ id: 'org_acme', name: 'Acme', plan: 'PRO' });
  await db.insert(organizationMembers).values([
    { organizationId: 'org_acme', userId: 'user_ada', role: 'admin' },
    { organizationId: 'org_acme', userId: 'user_john', role: 'member' },
  ]);
  await db.insert(githubInstallations).values({ id: '1001', organizationId: 'org_acme' });
  await db.insert(githubInstallationRepositories).values([
    { id: '2001', installationId: '1001', name: 'acme/api' },
    { id: '2002', installationId: '1001', name: 'acme/web' },
  ]);
}
