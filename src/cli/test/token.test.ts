import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { exportJWK, generateKeyPair } from 'jose';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase, postgresUrl, type TestEngine, withDatabase } from '../../db/test/engines.ts';
import { TestProject } from './project.ts';

const role = (name: string) =>
  `DO $$ BEGIN CREATE ROLE ${name} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;`;

const files = {
  'drizzle.config.ts': `export default { dialect: 'postgresql', schema: './src/schema.ts', out: './drizzle' };\n`,
  'src/schema.ts': `import { pgTable, text } from 'drizzle-orm/pg-core';
export const notes = pgTable('notes', { body: text().notNull() });
`,
  'drizzle/20260101000000_notes/migration.sql': `${['anon', 'authenticated', 'service_role'].map(role).join('\n')}
--> statement-breakpoint
CREATE TABLE "notes" ("body" text NOT NULL);
--> statement-breakpoint
CREATE FUNCTION whoami() RETURNS json STABLE LANGUAGE sql AS
$$ SELECT json_build_object('role', current_user, 'claims', current_setting('request.jwt.claims')::json) $$;
`,
};

/** A database of the engine for a project: the environment that names it. */
async function place(
  engine: TestEngine,
): Promise<{ env: Readonly<Record<string, string>>; database?: Driver & AsyncDisposable }> {
  if (engine.name !== 'postgres') return { env: {} };
  const database = await freshDatabase(engine);
  const { rows } = await database.query({ text: 'select current_database()' });
  return { env: { DATABASE_URL: withDatabase(await postgresUrl(), String(rows[0]?.[0])) }, database };
}

type Dev = Awaited<ReturnType<TestProject['dev']>>;

/** Who SQL takes the bearer of a token for. */
async function whoami(get: Dev['get'], token: string | undefined) {
  const answer = await get('/rest/v1/rpc/whoami', { headers: { authorization: `Bearer ${token}` } });
  const said: { role: string; claims: { exp: number; iat: number; [name: string]: unknown } } = JSON.parse(
    await answer.text(),
  );
  return said;
}

const SECRET = 'a secret of at least thirty-two characters';

const wrong: readonly {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: string;
}[] = [
  { args: ['--role', 'authentcated'], says: 'There is no role authentcated\n  Did you mean authenticated?' },
  { args: ['--expires', '1 hour'], says: 'Invalid value for --expires: "1 hour"\n  It takes from 1s to 3650d' },
  { args: ['--expires', '3600'], says: 'Invalid value for --expires: "3600"' },
  { args: ['--expires', '11000d'], says: 'Invalid value for --expires: "11000d"' },
  { args: ['--claim', 'org'], says: 'It takes name=value' },
  { args: ['--claim', 'exp=1'], says: 'The claim exp is not set by hand\n  A token ends after --expires' },
  { args: ['--claim', 'role=anon'], says: 'Use --role' },
  { args: ['--sub', ''], says: '--sub is empty' },
  { args: ['--sub', 'usr_1', '{"sub":"usr_2"}'], says: 'The claim sub is given twice' },
  { args: ['--role', 'anon', '{"role":"anon"}'], says: 'The claim role is given twice' },
  { args: ['{"sub":'], says: 'The claims are not JSON' },
  { args: ['["usr_1"]'], says: 'The claims are no JSON object' },
  { args: ['{"iat":1}'], says: 'The claim iat is not set by hand' },
  { args: ['{"aud":5}'], says: "The server would refuse this token: The JWT 'aud' claim must be" },
  { args: ['--rol', 'anon'], says: 'Did you mean --role?' },
  { args: [], env: { NODE_ENV: 'production' }, says: 'There is no secret to sign with' },
  {
    args: [],
    env: { NODE_ENV: 'production', JWKS_URL: 'https://id.example/keys' },
    says: 'JWKS_URL has public keys only',
  },
  { args: [], env: { JWT_SECRET: 'short' }, says: 'must be at least 32 characters' },
  { args: [], env: { JWT_SECRET: SECRET }, says: 'it was started with another secret' },
];

describe.each([...engines()])('hutch gen token ($name)', (engine) => {
  const skipped = engine.unavailable !== undefined;
  let project: TestProject;
  let at: Awaited<ReturnType<typeof place>>;
  let server: Dev;
  beforeAll(async () => {
    if (skipped) return;
    at = await place(engine);
    project = new TestProject(files, { bare: true, installed: true });
    server = await project.dev([], at.env);
  });
  afterAll(async () => {
    await project?.[Symbol.asyncDispose]();
    await at?.database?.[Symbol.asyncDispose]();
  });

  const token = (args: readonly string[], env = {}) => project.run(['gen', 'token', ...args], { ...at.env, ...env });

  test.skipIf(skipped)('is what the running server takes, and all that is printed', async () => {
    const { out, err, code } = await token(['--sub', 'usr_1', '--claim', 'org=acme', '--claim', 'note=a=b']);
    expect([err, code]).toEqual(['', 0]);
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { role, claims } = await whoami(server.get, out.trim());
    expect(role).toBe('authenticated');
    expect(claims).toMatchObject({ sub: 'usr_1', org: 'acme', note: 'a=b', role: 'authenticated' });
    expect(claims.exp - claims.iat).toBe(3_600);
  });

  test.skipIf(skipped)('takes claims as JSON, another role and another life', async () => {
    const { out } = await token(['{"sub":"usr_2","teams":[1,2]}', '--role', 'service_role', '--expires', '90s']);
    const { role, claims } = await whoami(server.get, out.trim());
    expect(role).toBe('service_role');
    expect(claims).toMatchObject({ sub: 'usr_2', teams: [1, 2] });
    expect(claims.exp - claims.iat).toBe(90);
  });

  for (const { args, env, says } of wrong) {
    test.skipIf(skipped)(`${JSON.stringify(args)} ${JSON.stringify(env ?? {})}: ${says}`, async () => {
      const { out, err, code } = await token(args, env);
      expect(err).toContain(says);
      expect([out, code]).toEqual(['', 2]);
      expect(err).not.toContain(SECRET);
    });
  }
});

describe('hutch gen token by a secret of one’s own', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const set = async (key: CryptoKey) => ({
    JWT_SECRET: JSON.stringify({ keys: [{ ...(await exportJWK(key)), kid: 'one' }] }),
  });
  const secrets: readonly (readonly [what: string, env: Readonly<Record<string, string>>])[] = [
    ['with the role where the server reads it', { JWT_SECRET: SECRET, PGRST_JWT_ROLE_CLAIM_KEY: '$.app.role' }],
    ['in base64', { JWT_SECRET: Buffer.from(SECRET).toString('base64'), PGRST_JWT_SECRET_IS_BASE64: 'true' }],
    ['a set with a private key', await set(privateKey)],
  ];
  test.each(secrets)('%s', async (_what, env) => {
    await using project = new TestProject(files, { bare: true, installed: true });
    const { get } = await project.dev([], env);
    const { out } = await project.run(['gen', 'token', '--sub', 'usr_1'], env);
    expect(await whoami(get, out.trim())).toMatchObject({ role: 'authenticated', claims: { sub: 'usr_1' } });
    const studio = /"(ey[^"]+)"/.exec(await (await get('/studio')).text())?.[1];
    expect(await whoami(get, studio)).toMatchObject({ role: 'service_role' });
  });

  test('a set of public keys signs nothing', async () => {
    await using project = new TestProject(files, { bare: true, installed: true });
    const { err, code } = await project.run(['gen', 'token'], await set(publicKey));
    expect(err).toContain('JWT_SECRET has public keys only');
    expect(code).toBe(2);
  });
});
