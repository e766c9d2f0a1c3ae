import { describe, expect, test } from 'bun:test';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openPostgres } from '../../db/index.ts';
import { engines, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { applyObjects } from '../apply/objects.ts';
import { drift } from '../compare/drift.ts';
import { status } from '../compare/status.ts';
import { readObjects } from '../files/objects.ts';
import { loadProject } from '../project/project.ts';
import { generate } from '../write/generate.ts';
import { pull } from '../write/pull.ts';
import { ProjectFolder } from './project-folder.ts';

const DATABASE = `CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL, mood mood DEFAULT 'a', meta jsonb DEFAULT '{}', CHECK (length(email) > 3));
CREATE TABLE posts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), author int REFERENCES users (id) ON DELETE CASCADE, tags text[] DEFAULT '{}');
CREATE INDEX posts_tags ON posts USING gin (tags);
CREATE VIEW ids AS SELECT id FROM users;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ begin return new; end $$;
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON users FOR SELECT USING (true);
INSERT INTO users (email) VALUES ('a@b.c');`;

// drizzle-kit connects by itself, so this needs an engine with an address.
const postgres = engines().find((it) => it.name === 'postgres');
const suite = postgres && postgres.unavailable === undefined ? describe : describe.skip;

suite('pull', () => {
  test('makes a project of a database, which then neither drifts nor has changes to generate', async () => {
    const server = await postgresUrl();
    const name = `hutch_test_pull_${process.pid}`;
    const admin = await openPostgres({ url: server, poolSize: 1 });
    await admin.script(`CREATE DATABASE ${name} TEMPLATE template0`);
    const url = withDatabase(server, name);
    const driver = await openPostgres({ url, poolSize: 3 });
    try {
      await driver.script(DATABASE);
      await using folder = await ProjectFolder.create();
      await rm(join(folder.root, 'drizzle.config.ts'));
      const pulled = await pull(driver, { root: folder.root, url });
      expect(pulled).toMatchObject({ tables: 2, leftOut: [] });
      expect(pulled.written).toContain('src/db/schema.ts');
      const project = await loadProject(folder.root);
      expect((await status(driver, project)).entries.map((it) => it.state)).toEqual(['applied']);
      const objects = await readObjects(project);
      expect((await applyObjects(driver, objects)).applied).toEqual(['public.touch', 'public.users.touched']);
      expect((await drift(driver, project, { objects })).differences).toEqual([]);
      expect((await generate(project)).migration).toBeUndefined();
    } finally {
      await driver.close();
      await admin.script(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.close();
    }
  });
});
