import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { wipe } from '../apply/wipe.ts';
import type { SchemaState } from '../state/entities.ts';
import { differences, keyed } from '../state/keyed.ts';
import { lossesOf } from '../state/losses.ts';
import { readState } from '../state/read.ts';
import { wayBack } from '../state/reverse.ts';

interface Case {
  readonly name: string;
  readonly before?: string;
  readonly up: string;
  /** Statements that must be on the way. */
  readonly through?: readonly (string | RegExp)[];
  /** Statements that must not. */
  readonly without?: RegExp;
  readonly loses?: readonly RegExp[];
  /** The first version of Postgres that has what it is about. */
  readonly since?: number;
}

const USERS = `CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL DEFAULT 'x', age int CHECK (age > 0), email varchar(50) UNIQUE);
CREATE INDEX users_name ON users (lower(name)) WHERE age > 1;`;
const POSTS = `${USERS} CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id) ON DELETE CASCADE);`;
const STATUS = `CREATE TYPE status AS ENUM ('a', 'b'); CREATE TABLE jobs (id int, status status DEFAULT 'a' NOT NULL, past status[]);
CREATE INDEX jobs_status ON jobs (id) WHERE status = 'a'; ALTER TABLE jobs ADD CONSTRAINT ok CHECK (status <> 'b' OR id > 0);`;

const cases: readonly Case[] = [
  { name: 'a new table', up: USERS, through: ['DROP TABLE "public"."users"'] },
  {
    name: 'tables that point at each other',
    up: `${POSTS} ALTER TABLE users ADD COLUMN best int REFERENCES posts (id)`,
  },
  { name: 'a dropped table', before: POSTS, up: 'DROP TABLE posts', loses: [/rows of "public"."posts"/] },
  {
    name: 'a dropped table that others point at',
    before: POSTS,
    up: 'DROP TABLE users CASCADE',
    loses: [/rows of "public"."users"/],
  },
  { name: 'a new column', before: USERS, up: 'ALTER TABLE users ADD COLUMN bio text', through: [/DROP COLUMN "bio"/] },
  {
    name: 'a dropped column',
    before: USERS,
    up: 'ALTER TABLE users DROP COLUMN age CASCADE',
    loses: [/values of "public"."users"."age"/],
  },
  {
    name: 'a renamed column',
    before: USERS,
    up: 'ALTER TABLE users RENAME COLUMN name TO full_name',
    through: [/RENAME COLUMN "full_name" TO "name"/],
    without: /DROP|ADD/,
  },
  {
    name: 'two columns that change names',
    before: USERS,
    up: 'ALTER TABLE users RENAME name TO x; ALTER TABLE users RENAME email TO name; ALTER TABLE users RENAME x TO email',
    without: /DROP|ADD/,
  },
  {
    name: 'a renamed table with all its names',
    before: POSTS,
    up: `ALTER TABLE users RENAME TO people; ALTER INDEX users_name RENAME TO people_name; ALTER SEQUENCE users_id_seq RENAME TO people_id_seq;
      ALTER TABLE people RENAME CONSTRAINT users_pkey TO people_pkey`,
    without: /DROP|ADD/,
  },
  {
    name: 'a table put aside, and another in its place',
    before: USERS,
    up: 'ALTER TABLE users RENAME TO users_old; CREATE TABLE users (id uuid)',
  },
  { name: 'a table moved to another schema', before: POSTS, up: 'CREATE SCHEMA app; ALTER TABLE users SET SCHEMA app' },
  {
    name: 'a renamed schema',
    before: "CREATE SCHEMA a; CREATE TABLE a.t (id serial); CREATE TYPE a.e AS ENUM ('x')",
    up: 'ALTER SCHEMA a RENAME TO b',
  },
  {
    name: 'defaults and NOT NULL',
    before: USERS,
    up: `ALTER TABLE users ALTER name DROP DEFAULT, ALTER name DROP NOT NULL, ALTER age SET DEFAULT 7`,
  },
  { name: 'a wider type', before: POSTS, up: 'ALTER TABLE users ALTER id TYPE bigint' },
  { name: 'text to a number', before: 'CREATE TABLE t (a text)', up: 'ALTER TABLE t ALTER a TYPE int USING a::int' },
  { name: 'a number to text', before: 'CREATE TABLE t (a int DEFAULT 3)', up: 'ALTER TABLE t ALTER a TYPE text' },
  { name: 'one to many', before: 'CREATE TABLE t (a text)', up: 'ALTER TABLE t ALTER a TYPE text[] USING ARRAY[a]' },
  { name: 'many to one', before: 'CREATE TABLE t (a text[])', up: 'ALTER TABLE t ALTER a TYPE text USING a[1]' },
  {
    name: 'less precision',
    before: 'CREATE TABLE t (a timestamp)',
    up: 'ALTER TABLE t ALTER a TYPE date',
    loses: [/loses precision/],
  },
  {
    name: 'a shorter text',
    before: 'CREATE TABLE t (a varchar(9))',
    up: 'ALTER TABLE t ALTER a TYPE varchar(3)',
    loses: [/loses precision/],
  },
  {
    name: 'a type under a view, a policy and a trigger',
    before: `${USERS} CREATE VIEW v AS SELECT id, age FROM users; CREATE VIEW w AS SELECT * FROM v; ALTER TABLE users ENABLE ROW LEVEL SECURITY;
      CREATE POLICY p ON users USING (age > 1); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
      CREATE TRIGGER t BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION f()`,
    up: `DROP VIEW w; DROP VIEW v; DROP POLICY p ON users; DROP TRIGGER t ON users; ALTER TABLE users ALTER age TYPE bigint;
      CREATE VIEW v AS SELECT id, age FROM users; CREATE VIEW w AS SELECT * FROM v; CREATE POLICY p ON users USING (age > 1);
      CREATE TRIGGER t BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION f()`,
  },
  { name: 'a new enum value', before: STATUS, up: `ALTER TYPE status ADD VALUE 'c' BEFORE 'b'` },
  { name: 'a renamed enum value', before: STATUS, up: `ALTER TYPE status RENAME VALUE 'a' TO 'z'` },
  {
    name: 'a removed enum value',
    before: `CREATE TYPE s AS ENUM ('a', 'b', 'c'); CREATE TABLE t (s s DEFAULT 'c')`,
    up: `ALTER TABLE t ALTER s DROP DEFAULT; ALTER TABLE t ALTER s TYPE text; DROP TYPE s; CREATE TYPE s AS ENUM ('a');
      ALTER TABLE t ALTER s TYPE s USING s::s; ALTER TABLE t ALTER s SET DEFAULT 'a'`,
  },
  {
    name: 'text that becomes an enum',
    before: `CREATE TABLE t (s text DEFAULT 'a')`,
    up: `CREATE TYPE s AS ENUM ('a'); ALTER TABLE t ALTER s DROP DEFAULT, ALTER s TYPE s USING s::s`,
  },
  {
    name: 'constraints',
    before: POSTS,
    up: `ALTER TABLE users DROP CONSTRAINT users_age_check, ADD CONSTRAINT age CHECK (age > 5) NOT VALID, ADD UNIQUE (name); ALTER TABLE posts DROP CONSTRAINT posts_author_fkey`,
  },
  {
    name: 'another primary key',
    before: POSTS,
    up: 'ALTER TABLE posts DROP CONSTRAINT posts_pkey; ALTER TABLE posts ADD PRIMARY KEY (id, author)',
  },
  {
    name: 'a key that others need',
    before: POSTS,
    up: 'ALTER TABLE posts DROP CONSTRAINT posts_author_fkey; ALTER TABLE users DROP CONSTRAINT users_pkey',
  },
  {
    name: 'indexes',
    before: USERS,
    up: 'DROP INDEX users_name; CREATE UNIQUE INDEX u ON users (email) INCLUDE (age) NULLS NOT DISTINCT',
    since: 15,
  },
  {
    name: 'identity',
    before: 'CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (START 5), b int NOT NULL)',
    up: 'ALTER TABLE t ALTER id DROP IDENTITY; ALTER TABLE t ALTER b ADD GENERATED BY DEFAULT AS IDENTITY',
  },
  {
    name: 'generated columns',
    before: 'CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED)',
    up: 'ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (a + 1) STORED',
  },
  {
    name: 'a changed expression',
    before: 'CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED)',
    up: 'ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a * 3) STORED',
  },
  {
    name: 'functions',
    before: `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'select a'`,
    up: `CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'select a + 1'; CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'select f(1)'`,
  },
  {
    name: 'a function with another result',
    before: `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'`,
    up: `DROP FUNCTION f(); CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'select 1::text'`,
  },
  {
    name: 'a function over a new table',
    before: `CREATE TABLE t (id int); CREATE FUNCTION f(t) RETURNS int LANGUAGE sql AS 'select 1'`,
    up: 'DROP FUNCTION f(t); DROP TABLE t',
  },
  {
    name: 'views and materialised views',
    before: `${USERS} CREATE VIEW v AS SELECT id FROM users; CREATE MATERIALIZED VIEW m AS SELECT * FROM v; CREATE UNIQUE INDEX m_id ON m (id)`,
    up: 'DROP MATERIALIZED VIEW m; CREATE OR REPLACE VIEW v AS SELECT id, name FROM users',
  },
  {
    name: 'row security',
    before: USERS,
    up: 'ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY p ON users AS RESTRICTIVE FOR UPDATE TO public USING (id = 1) WITH CHECK (id = 2)',
  },
  {
    name: 'grants',
    before: USERS,
    up: 'GRANT SELECT, INSERT ON users TO public; GRANT UPDATE (name) ON users TO public',
  },
  {
    name: 'comments',
    before: `${USERS} COMMENT ON TABLE users IS 'people'`,
    up: `COMMENT ON TABLE users IS NULL; COMMENT ON COLUMN users.name IS 'it''s'; COMMENT ON INDEX users_name IS 'i'`,
  },
  {
    name: 'domains and composites',
    before: "CREATE DOMAIN d AS text CHECK (VALUE <> '')",
    up: 'ALTER DOMAIN d SET NOT NULL; ALTER DOMAIN d ADD CONSTRAINT long CHECK (length(VALUE) > 1); CREATE TYPE c AS (a int, b d); CREATE TABLE t (c c)',
  },
  {
    name: 'sequences',
    before: 'CREATE SEQUENCE s START 5',
    up: 'ALTER SEQUENCE s INCREMENT 2; CREATE SEQUENCE u AS smallint CYCLE',
  },
  {
    name: 'partitions',
    before: 'CREATE TABLE l (id int, at date) PARTITION BY RANGE (at)',
    up: `CREATE TABLE l1 PARTITION OF l FOR VALUES FROM ('2026-01-01') TO ('2026-02-01'); ALTER TABLE l ADD COLUMN x int; CREATE INDEX ON l (id)`,
  },
  {
    name: 'partitions that go',
    before: `CREATE TABLE l (id int, at date) PARTITION BY RANGE (at); CREATE TABLE l1 PARTITION OF l FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')`,
    up: 'DROP TABLE l',
    loses: [/"l"/, /"l1"/],
  },
  {
    name: 'settings of a table',
    before: USERS,
    up: 'ALTER TABLE users SET (fillfactor = 70); ALTER TABLE users REPLICA IDENTITY FULL',
  },
  {
    name: 'a trigger that is turned off',
    before: `${USERS} CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'; CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()`,
    up: 'ALTER TABLE users DISABLE TRIGGER t',
  },
  {
    name: 'quoted names',
    before: 'CREATE TABLE "Odd ""Table" ("a b" int)',
    up: 'ALTER TABLE "Odd ""Table" ADD COLUMN "select" int; CREATE INDEX "I x" ON "Odd ""Table" ("a b")',
  },
  {
    name: 'rows that change',
    before: USERS,
    up: `UPDATE users SET name = 'y'`,
    loses: [/values of users were overwritten/],
  },
  {
    name: 'rows of a new column',
    before: USERS,
    up: `ALTER TABLE users ADD COLUMN nick text; UPDATE users SET nick = name`,
    loses: [],
  },
  { name: 'rows that go', before: USERS, up: 'DELETE FROM users', loses: [/rows of users were deleted/] },
];

/** Roles belong to the whole server, where other tests make theirs meanwhile: they do not count, and a case that met one is tried again. */
const MET_ROLES = { retry: 3 };
const between = (is: SchemaState, was: SchemaState) =>
  differences(keyed(is), keyed(was)).filter(({ kind }) => kind !== 'roles');

for (const engine of engines()) {
  const suite = engine.unavailable === undefined ? describe : describe.skip;
  suite(`ways back on ${engine.name}${engine.unavailable ? `: ${engine.unavailable}` : ''}`, () => {
    let driver: Driver;
    beforeAll(async () => {
      driver = await engine.open();
    });
    afterAll(() => driver.close());

    for (const { name, before: start, up, through, without, loses, since } of cases) {
      const why = engines(since).find((it) => it.name === engine.name)?.unavailable;
      test.skipIf(why !== undefined)(
        why === undefined ? name : `${name} (skipped: ${why})`,
        async () => {
          await wipe(driver);
          if (start) await driver.script(start);
          const before = await readState(driver);
          await driver.script(up);
          const after = await readState(driver);
          const way = await wayBack(driver, before);
          expect(way).toMatchObject({ refused: undefined, differing: [] });
          expect(between(await readState(driver), after)).toEqual([]);
          await driver.script(way.statements.join(';\n') || 'select 1');
          expect(between(await readState(driver), before)).toEqual([]);
          for (const part of through ?? []) expect(way.statements.join('\n')).toMatch(part);
          if (without) expect(way.statements.join('\n')).not.toMatch(without);
          if (loses) expect(lossesOf(before, after, up)).toEqual(loses.map((it) => expect.stringMatching(it)));
        },
        MET_ROLES,
      );
    }
  });
}
