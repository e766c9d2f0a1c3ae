/** Drizzle projects that know nothing of Hutch, of each kind: `hutch dev` serves them, or says what stands in the way. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../db/test/eventually.ts';
import { TestProject } from './project.ts';

setDefaultTimeout(60_000);

const current = join(import.meta.dir, '..', '..', '..', 'node_modules', 'drizzle-orm');
const registry = mkdtempSync(join(tmpdir(), 'hutch-older-'));
const older = join(registry, 'node_modules', 'drizzle-orm');

/** The line before 1.0 is not among our own packages. */
const install = Bun.spawnSync(['bun', 'add', 'drizzle-orm@0.45.1', '--no-save', '--ignore-scripts'], {
  cwd: registry,
  env: { ...process.env, BUN_CONFIG_HTTP_RETRY_COUNT: '0' },
  timeout: 20_000,
  stdout: 'ignore',
  stderr: 'ignore',
});
const hasOlder = install.exitCode === 0 && existsSync(older);
const lines: readonly (readonly [string, string])[] = [
  ['1.0', current],
  ...(hasOlder ? [['0.45', older] as const] : []),
];

afterAll(() => rmSync(registry, { recursive: true, force: true }));

/** A project of these files, with nothing installed but its drizzle-orm. */
class Stranger extends TestProject {
  constructor(files: Readonly<Record<string, string>>, orm = current) {
    super(files, { bare: true });
    mkdirSync(join(this.root, 'node_modules'), { recursive: true });
    symlinkSync(orm, join(this.root, 'node_modules', 'drizzle-orm'));
  }
}

const config = (settings: string) => `export default { dialect: 'postgresql', ${settings} };\n`;
const notices = (banner: Readonly<Record<string, unknown>>): string => JSON.stringify(banner.notices);

describe.each(lines)('drizzle-orm %s', (_, orm) => {
  test('without migrations: path aliases, a schema of its own, variables of the database', async () => {
    await using project = new Stranger(
      {
        'tsconfig.json': `{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }`,
        'drizzle.config.ts': `if (!process.env.POSTGRES_URL) throw new Error('POSTGRES_URL is missing');
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
${config(`schema: ['./src/db/*.ts'], out: './migrations', dbCredentials: { url: process.env.POSTGRES_URL }`)}`,
        'src/lib/kinds.ts': `export const kinds = ['a', 'b'] as const;`,
        'src/db/people.ts': `import 'server-only';
import { index, integer, pgEnum, pgSchema, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { kinds } from '@/lib/kinds';
export const kind = pgEnum('kind', kinds);
export const people = pgTable('people', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull().unique(),
  kinds: kind('kinds').array().notNull().default(['a']),
  tags: text('tags').array().default(sql\`'{}'::text[]\`),
}, (t) => [index('by_name').on(sql\`lower(\${t.name})\`)]);
export const app = pgSchema('app');
export const visits = app.table('visits', { id: integer('id').primaryKey(), person: uuid('person').references(() => people.id) });`,
        'src/app.ts': `throw new Error('an application of its own is not Hutch’s business');`,
        'src/seed.ts': `process.exit(9);`,
      },
      orm,
    );
    const server = await project.dev();
    expect(server.banner).toMatchObject({ tables: 2, notices: [] });
    const body = JSON.stringify({ name: 'Ada' });
    const json = { 'content-type': 'application/json', prefer: 'return=representation' };
    const created = await server.get('/rest/v1/people', { method: 'POST', body, headers: json });
    expect(await created.json()).toMatchObject([{ name: 'Ada', kinds: ['a'], tags: [] }]);
    const visits = await server.get('/rest/v1/visits?select=id,person', { headers: { 'accept-profile': 'app' } });
    expect(await visits.json()).toEqual([]);
  });

  test('migrations of the journal layout, with what Supabase brings along', async () => {
    await using project = new Stranger(
      {
        'drizzle.config.ts': config(`schema: './schema.ts', out: './supabase/migrations'`),
        'schema.ts': `import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
export const notes = pgTable('notes', { id: uuid('id').primaryKey(), owner: uuid('owner').notNull(), body: text('body') });`,
        'supabase/migrations/meta/_journal.json': `{ "version": "7", "dialect": "postgresql", "entries": [
  { "idx": 0, "version": "7", "when": 1700000000000, "tag": "0000_start", "breakpoints": true },
  { "idx": 1, "version": "7", "when": 1700000100000, "tag": "0001_custom", "breakpoints": true }] }`,
        'supabase/migrations/0000_start.sql': `CREATE EXTENSION IF NOT EXISTS "vector";--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA extensions;--> statement-breakpoint
CREATE TABLE "notes" ("id" uuid PRIMARY KEY DEFAULT uuid_generate_v4(), "owner" uuid NOT NULL REFERENCES auth.users (id), "body" text, "meaning" vector(3));
--> statement-breakpoint
ALTER TABLE "notes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "own" ON "notes" FOR SELECT TO authenticated, moderator USING (auth.uid() = owner);`,
        'supabase/migrations/0001_custom.sql': `CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body := upper(NEW.body); RETURN NEW; END; $$;
--> statement-breakpoint
CREATE TRIGGER shout BEFORE INSERT ON "notes" FOR EACH ROW EXECUTE FUNCTION shout();
--> statement-breakpoint
INSERT INTO auth.users (id) VALUES ('00000000-0000-4000-8000-000000000001');
--> statement-breakpoint
INSERT INTO notes (owner, body) VALUES ('00000000-0000-4000-8000-000000000001', 'hello');`,
      },
      orm,
    );
    const first = await project.dev();
    expect(first.banner).toMatchObject({ tables: 1, migrations: { total: 2, applied: 2 } });
    expect(notices(first.banner)).toMatch(/no extension pg_cron.*0000_start\.sql:2.*schema auth.*uuid-ossp.*moderator/);
    expect(await (await first.get('/rest/v1/notes?select=body')).json()).toEqual([]);
    await using sql = new Bun.SQL(String(first.banner.postgres));
    expect([...(await sql`SELECT body FROM notes`)]).toEqual([{ body: 'HELLO' }]);
  });
});

describe.skipIf(!hasOlder)('drizzle-orm 0.45 from the registry', () => {
  const schema = `import { integer, pgTable, text, timestamp, primaryKey, unique } from 'drizzle-orm/pg-core';
export const users = pgTable('users', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(), fullName: text().notNull().unique(), createdAt: timestamp().defaultNow(),
});
export const seats = pgTable('seats', {
  userId: integer().references(() => users.id), rowNo: integer(), seatNo: integer().notNull(),
}, (t) => [primaryKey({ columns: [t.userId, t.rowNo] }), unique().on(t.rowNo, t.seatNo)]);
`;
  let project: Stranger;
  let server: Awaited<ReturnType<Stranger['dev']>>;
  beforeAll(async () => {
    const settings = `schema: './schema.ts', casing: 'snake_case'`;
    project = new Stranger({ 'drizzle.config.ts': config(settings), 'schema.ts': schema }, older);
    server = await project.dev();
  });
  afterAll(() => project?.[Symbol.asyncDispose]());

  test('columns have the names that its casing gives them', async () => {
    const body = JSON.stringify({ full_name: 'Ada' });
    const headers = { 'content-type': 'application/json' };
    expect((await server.get('/rest/v1/users', { method: 'POST', body, headers })).status).toBe(201);
    const users = await server.get('/rest/v1/users?select=full_name,created_at,seats(row_no,seat_no)');
    expect(await users.json()).toMatchObject([{ full_name: 'Ada', seats: [] }]);
  });

  test('constraints have the names that its own tools give them, so that a change is only the change', async () => {
    await using sql = new Bun.SQL(String(server.banner.postgres));
    const names = () =>
      sql`SELECT conname FROM pg_constraint WHERE contype IN ('u', 'p', 'f') AND connamespace = 'public'::regnamespace
      ORDER BY conname`.then((rows: { conname: string }[]) => rows.map((it) => it.conname));
    const before = await names();
    expect(before).toEqual([
      'seats_row_no_seat_no_unique',
      'seats_user_id_row_no_pk',
      'seats_user_id_users_id_fk',
      'users_full_name_unique',
      'users_pkey',
    ]);
    project.write('schema.ts', schema.replace('createdAt', 'homePhone: text(), createdAt'));
    await eventually(async () => (await server.get('/rest/v1/users?select=home_phone')).status === 200);
    expect(await names()).toEqual(before);
    const pushed = await sql`SELECT sql FROM drizzle.__hutch_live ORDER BY id DESC LIMIT 1`;
    expect(pushed[0].sql.trim()).toBe('ALTER TABLE "users" ADD COLUMN "home_phone" text;');
  });
});

test.skipIf(hasOlder)('drizzle-orm 0.45 could not be had from the registry: its tests are skipped', () => {});

interface Stop {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly says: readonly string[];
}

describe('what stands in the way is said', () => {
  const migration = { 'drizzle/20260101000000_start/migration.sql': 'CREATE TABLE kept (id int PRIMARY KEY);' };
  const plain = { 'drizzle.config.ts': config(`schema: './src/schema.ts'`) };
  const needsKey = {
    ...plain,
    'src/env.ts': `export const env = {\n  key: process.env.STRIPE_KEY ?? fail('Invalid environment') };\nfunction fail(text: string): never { throw new Error(text); }`,
    'src/schema.ts': `import { env } from './env';\nexport const used = env;`,
  };

  test('a missing variable, with the place that asks; the migrations are served', async () => {
    await using project = new Stranger({ ...needsKey, ...migration });
    const { banner, get } = await project.dev();
    expect(banner).toMatchObject({ tables: 1, migrations: { applied: 1 } });
    expect(notices(banner)).toMatch(/Invalid environment.*STRIPE_KEY \(src\/env\.ts:2\)/);
    expect((await get('/rest/v1/kept')).status).toBe(200);
  });

  const stops: readonly Stop[] = [
    { name: 'a missing variable, and no migrations', files: needsKey, says: ['STRIPE_KEY (src/env.ts:2)'] },
    {
      name: 'a config that ends the process',
      files: { 'drizzle.config.ts': `console.error('no secret, no start'); process.exit(3);` },
      says: ['code 3', 'no secret, no start'],
    },
    {
      name: 'a built schema that is not built',
      files: { 'drizzle.config.ts': config(`schema: './dist/schema.js'`) },
      says: ['./dist/schema.js', 'build the package first'],
    },
    {
      name: 'a migration that cannot be applied to an empty database',
      files: {
        ...plain,
        'src/schema.ts': `import { integer, pgTable } from 'drizzle-orm/pg-core';\nexport const a = pgTable('a', { id: integer('id') });`,
        'drizzle/20260101000000_late/migration.sql': `SELECT 1;\nALTER TABLE a ADD COLUMN b int;`,
      },
      says: ['migration.sql:2:1', '42P01', 'hutch dev --push'],
    },
    {
      name: 'a monorepo’s root',
      files: { 'packages/db/drizzle.config.ts': config(`schema: './schema.ts'`) },
      says: ['--project packages/db'],
    },
  ];
  test.each(stops)('$name', async ({ files, says }) => {
    await using project = new Stranger(files);
    const { code, err } = await project.run(['dev', '--port', '0', '--pg-port', '0', '--drizzle-studio-port', '0']);
    for (const text of says) expect(err).toContain(text);
    expect(code).toBe(1);
  });

  test('--push: a monorepo’s package, served but for what the database lacks', async () => {
    await using project = new Stranger({
      'package.json': '{}',
      'packages/db/package.json': '{}',
      'packages/db/config/drizzle.config.ts': config(`schema: './tables', out: './drizzle'`),
      'packages/db/tables/places.ts': `import { geometry, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { unit } from '../../shared/units';
export const places = pgTable('places', { id: integer('id').primaryKey(), at: geometry('at'), name: text('name').default(unit) });`,
      'packages/shared/units.ts': `export const unit = 'm';`,
      'packages/db/drizzle/20260101000000_late/migration.sql': 'ALTER TABLE nowhere ADD COLUMN b int;',
    });
    const { banner, get } = await project.dev(['--project', 'packages/db/config', '--push']);
    expect(banner).toMatchObject({ tables: 1 });
    expect(notices(banner)).toMatch(/no extension postgis.*column .*at.* of .*places/);
    expect((await get('/rest/v1/places?select=id,name')).status).toBe(200);
  });
});
