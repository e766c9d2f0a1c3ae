import { expect, test } from 'bun:test';
import { openPostgres } from '../../db/index.ts';
import { rolesInNobodysWay } from '../../db/roles.ts';
import { engines, freshDatabase, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { up } from '../apply/up.ts';
import { lacksRoles, roleHint } from '../files/roles.ts';
import { generate } from '../write/generate.ts';
import { IMPORTS, ProjectFolder } from './project-folder.ts';

const SECURED = `import { integer, pgPolicy, pgTable } from 'drizzle-orm/pg-core';
import { authenticatedRole } from 'drizzle-orm/supabase';
export const a = pgTable('a', { id: integer() }, () => [pgPolicy('own', { to: authenticatedRole, using: true })]);
`.replace('using: true', 'using: sql`true`');
const IMPORT = `import { sql } from 'drizzle-orm';\n`;

const postgres = engines().find(({ name }) => name === 'postgres');

test('the first migration with policies makes the roles, goes down without them, and the next one does not', async () => {
  await using folder = await ProjectFolder.create({ 'schema.ts': IMPORT + SECURED });
  const first = await generate(await folder.project(), { name: 'first' });
  expect(first.migration?.sql).toMatch(/^-- The roles that policies name.*CREATE ROLE/s);
  expect(first.down?.quality).toBe('exact');
  expect((await folder.read())[0]?.down).not.toContain('ROLE');
  await folder.write({ 'schema.ts': IMPORT + SECURED + SECURED.split('\n')[2]?.replace(/\ba\b/g, 'b') });
  const second = await generate(await folder.project(), { name: 'second' });
  expect(second.migration?.sql).toStartWith('CREATE TABLE "b"');

  if (postgres === undefined || postgres.unavailable !== undefined) return;
  // Whoever may make roles and is no superuser, as on most servers.
  await using owner = await freshDatabase(postgres);
  const { rows } = await owner.query({ text: 'select current_database()' });
  const name = `deployer_${rows[0]?.[0]}`;
  await owner.script(`CREATE ROLE "${name}" LOGIN CREATEROLE PASSWORD 'x'; GRANT ALL ON SCHEMA public TO "${name}";
    GRANT CREATE ON DATABASE "${rows[0]?.[0]}" TO "${name}"`);
  const url = new URL(withDatabase(await postgresUrl(), String(rows[0]?.[0])));
  url.username = name;
  url.password = 'x';
  const deployer = await openPostgres({ url: url.href });
  try {
    expect((await up(deployer, await folder.read())).failure).toBeUndefined();
  } finally {
    await deployer.close();
    await owner.script(`DROP OWNED BY "${name}" CASCADE; DROP ROLE "${name}"`);
  }
});

test('a history that has its roles from elsewhere keeps them', () => {
  const policy = 'CREATE POLICY own ON a TO authenticated USING (true)';
  const cases = [
    { sql: policy, earlier: [], lacks: true },
    { sql: 'CREATE TABLE a (id int)', earlier: [], lacks: false },
    { sql: policy, earlier: ['CREATE ROLE authenticated'], lacks: false },
    { sql: policy, earlier: [`DO $$ BEGIN EXECUTE format('CREATE ROLE %I', 'anon'); END $$`], lacks: false },
    { sql: policy, earlier: [policy], lacks: false },
  ];
  for (const { sql, earlier, lacks } of cases) expect(lacksRoles(sql, earlier)).toBe(lacks);
  expect(rolesInNobodysWay(['create role "anon" nologin'])).toEqual(['authenticated', 'service_role']);
});

test('a history that makes all of them itself goes on', async () => {
  await using folder = await ProjectFolder.create({ 'schema.ts': IMPORTS });
  await folder.migrations({ roles: 'CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role;' });
  await folder.write({ 'schema.ts': `${IMPORTS}export const a = pgTable('a', { id: integer() });` });
  expect((await generate(await folder.project(), { name: 'next' })).down?.quality).toBe('exact');
});

test('a server that lacks them says what makes them', () => {
  expect(roleHint('role "service_role" does not exist')).toContain('hutch migrate up --roles');
  expect(roleHint('role "editor" does not exist')).toBeNull();
});
