import { beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { type AuthSettings, type Caller, createAuthenticate } from '../auth/authenticate.ts';
import { compileRolePath } from '../auth/role-path.ts';

const secret = 'reallyreallyreallyreallyverysafe';
const seconds = 1_700_000_000;

const base: AuthSettings = {
  secret,
  secretIsBase64: false,
  jwksUrl: undefined,
  audience: undefined,
  roleClaimKey: '$.role',
  anonRole: 'anon',
  cacheMaxEntries: 100,
  apiKeys: new Map([
    ['sb_publishable_one', 'anon'],
    ['sb_secret_two', 'service_role'],
  ]),
  now: () => seconds * 1000,
};

function token(
  claims: JWTPayload,
  key: string | Uint8Array = secret,
  header: { alg?: string; kid?: string } = {},
): Promise<string> {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key;
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(bytes);
}

const withToken = async (claims: JWTPayload, settings: Partial<AuthSettings> = {}): Promise<Caller> =>
  bearer(await token(claims), settings);

const bearer = async (text: string, settings: Partial<AuthSettings> = {}): Promise<Caller> =>
  createAuthenticate({ ...base, ...settings })(new Headers({ authorization: `Bearer ${text}` }));

/** A promise's rejection, or what was thrown at once. */
async function refusal(work: () => Caller | Promise<Caller>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('was not refused');
}

describe('who calls', () => {
  test('a token says', async () => {
    expect(await withToken({ role: 'author', sub: '7' })).toEqual({
      role: 'author',
      claims: '{"role":"author","sub":"7"}',
      authenticated: true,
    });
  });

  test('without one it is anonymous', () => {
    const authenticate = createAuthenticate(base);
    const anonymous = { role: 'anon', claims: '{"role":"anon"}', authenticated: false };
    expect(authenticate(new Headers())).toEqual(anonymous);
    expect(authenticate(new Headers({ authorization: 'Basic abc' }))).toEqual(anonymous);
    expect(authenticate(new Headers({ apikey: 'anything' }))).toEqual(anonymous);
  });

  test('a token without a role is anonymous, with its claims', async () => {
    expect(await withToken({ sub: '7' })).toEqual({
      role: 'anon',
      claims: '{"role":"anon","sub":"7"}',
      authenticated: false,
    });
  });

  test('claims reach SQL with their keys in order and their numbers to the last digit', async () => {
    const text = await signRaw('{"z":{"b":[1.50,{"y":1,"x":null}],"a":"é"},"role":"author","id":12345678901234567890}');
    expect((await bearer(text)).claims).toBe(
      '{"id":12345678901234567890,"role":"author","z":{"a":"é","b":[1.50,{"x":null,"y":1}]}}',
    );
  });

  test('of a claim that is there twice the first holds', async () => {
    const text = await signRaw('{"role":"author","a":{"b":1,"b":[2]},"role":"admin","a":3}');
    expect(await bearer(text)).toMatchObject({ role: 'author', claims: '{"a":{"b":1},"role":"author"}' });
  });

  test('a role that is no text is shown as JSON', async () => {
    expect((await withToken({ role: 7 })).role).toBe('7');
  });

  test('the scheme has any case', async () => {
    const headers = new Headers({ authorization: `bEaReR  ${await token({ role: 'author' })}` });
    expect(await createAuthenticate(base)(headers)).toMatchObject({ role: 'author' });
  });

  test('no anonymous role, no anonymous request', async () => {
    const authenticate = createAuthenticate({ ...base, anonRole: undefined });
    expect(await refusal(() => authenticate(new Headers()))).toMatchObject({
      status: 401,
      code: 'PGRST302',
      message: 'Anonymous access is disabled',
      headers: [['WWW-Authenticate', 'Bearer']],
    });
  });

  test('keys of supabase-js stand for roles', async () => {
    const authenticate = createAuthenticate(base);
    expect(await bearer('sb_publishable_one')).toMatchObject({ role: 'anon', authenticated: false });
    expect(await bearer('sb_secret_two')).toMatchObject({ role: 'service_role', authenticated: true });
    expect(authenticate(new Headers({ apikey: 'sb_secret_two' }))).toMatchObject({ role: 'service_role' });
    const both = new Headers({ apikey: 'sb_secret_two', authorization: `Bearer ${await token({ role: 'author' })}` });
    expect(await authenticate(both)).toMatchObject({ role: 'author' });
    expect(await refusal(() => bearer('sb_secret_three'))).toMatchObject({ status: 401, code: 'PGRST301' });
  });
});

const encoded = (header: string): string => Buffer.from(header).toString('base64url');

describe('tokens that cannot be decoded', () => {
  const cases: readonly (readonly [
    name: string,
    make: () => string | Promise<string>,
    message: string,
    details: string | null,
  ])[] = [
    ['empty', () => '', 'Empty JWT is sent in Authorization header', null],
    ['one part', () => 'abc', 'Expected 3 parts in JWT; got 1', null],
    ['five parts', () => 'a.b.c.d.e', 'Expected 3 parts in JWT; got 5', null],
    ['garbage', () => 'a.b.c', 'JWT cryptographic operation failed', null],
    [
      'another secret',
      () => token({ role: 'x' }, 'another secret of some fair length'),
      'No suitable key or wrong key type',
      'None of the keys was able to decode the JWT',
    ],
    [
      'another algorithm',
      () => token({ role: 'x' }, `${secret}${secret}`, { alg: 'HS512' }),
      'No suitable key or wrong key type',
      'No suitable key was found to decode the JWT',
    ],
    [
      'a key of another name',
      () => token({ role: 'x' }, secret, { kid: 'one' }),
      'No suitable key or wrong key type',
      'No suitable key was found to decode the JWT',
    ],
    [
      'no signature',
      () => `${encoded('{"alg":"none","kid":1}')}.e30.`,
      'Wrong or unsupported encoding algorithm',
      "JWT is unsecured but expected 'alg' was not 'none'",
    ],
    [
      'no algorithm, beside what looks like a signature',
      () => `${encoded('{"alg":"none"}')}.e30.eA==`,
      'Wrong or unsupported encoding algorithm',
      "JWT is unsecured but expected 'alg' was not 'none'",
    ],
    ...[
      ['a header with padding', `${btoa('{"alg":"none"}')}.e30.`],
      ['a signature that is no base64', `${encoded('{"alg":"HS256"}')}.e30.x`],
      ['a key whose name is no text', `${encoded('{"alg":"HS256","kid":1}')}.e30.`],
      ['a type that is no text', `${encoded('{"alg":"HS256","typ":["JWT"]}')}.e30.`],
      ['a header of what is encrypted', `${encoded('{"alg":"HS256","enc":"A128GCM"}')}.e30.`],
    ].map(([name = '', text = '']) => [name, () => text, 'JWT cryptographic operation failed', null] as const),
  ];
  test.each(cases)('%s', async (_name, make, message, details) => {
    const text = await make();
    expect(await refusal(() => bearer(text))).toMatchObject({
      status: 401,
      code: 'PGRST301',
      message,
      details,
      headers: [['WWW-Authenticate', `Bearer error="invalid_token", error_description="${message}"`]],
    });
  });

  test('there is no secret', async () => {
    expect(await refusal(() => bearer('a.b.c', { secret: undefined }))).toMatchObject({
      status: 500,
      code: 'PGRST300',
    });
  });
});

describe('claims', () => {
  const refused: readonly (readonly [claims: Record<string, unknown>, message: string])[] = [
    [{ exp: seconds - 31 }, 'JWT expired'],
    [{ exp: 1.5 }, 'JWT expired'],
    [{ nbf: seconds + 31 }, 'JWT not yet valid'],
    [{ iat: seconds + 31 }, 'JWT issued at future'],
    [{ exp: 'soon' }, "The JWT 'exp' claim must be a number"],
    [{ nbf: 'soon' }, "The JWT 'nbf' claim must be a number"],
    [{ iat: true }, "The JWT 'iat' claim must be a number"],
    [{ aud: 7 }, "The JWT 'aud' claim must be a string or an array of strings"],
    [{ aud: ['a', 7] }, "The JWT 'aud' claim must be a string or an array of strings"],
    [{ aud: 'theirs' }, 'JWT not in audience'],
    [{ aud: ['theirs', 'others'] }, 'JWT not in audience'],
    [{ exp: seconds - 31, aud: 'theirs' }, 'JWT expired'],
  ];
  test.each(refused)('%j', async (claims, message) => {
    const text = await signRaw(JSON.stringify(claims));
    expect(await refusal(() => bearer(text, { audience: 'ours' }))).toMatchObject({
      status: 401,
      code: 'PGRST303',
      message,
    });
  });

  const allowed: readonly Record<string, unknown>[] = [
    { exp: seconds - 30 },
    { exp: 1e17 },
    { nbf: seconds + 30, iat: seconds + 30 },
    { exp: null, nbf: null, iat: null, aud: null },
    { aud: 'ours' },
    { aud: ['theirs', 'ours'] },
    { aud: [] },
    {},
  ];
  test.each(allowed.map((claims) => [claims]))('%j', async (claims) => {
    const text = await signRaw(JSON.stringify({ ...claims, role: 'author' }));
    expect(await bearer(text, { audience: 'ours' })).toMatchObject({ role: 'author' });
  });

  test('must be an object', async () => {
    expect(await refusal(async () => bearer(await signRaw('[1]')))).toMatchObject({
      code: 'PGRST303',
      message: 'Parsing claims failed',
    });
    expect(await refusal(async () => bearer(await signRaw('no')))).toMatchObject({ code: 'PGRST303' });
    expect(await refusal(async () => bearer(await signRaw('{"a":"\\ud800"}')))).toMatchObject({ code: 'PGRST303' });
  });

  test('of a remembered token are checked again', async () => {
    let now = seconds;
    const authenticate = createAuthenticate({ ...base, now: () => now * 1000 });
    const headers = new Headers({ authorization: `Bearer ${await token({ role: 'author', exp: seconds + 10 })}` });
    expect(await authenticate(headers)).toMatchObject({ role: 'author' });
    expect(authenticate(headers)).not.toBeInstanceOf(Promise);
    now += 41;
    expect(await refusal(() => authenticate(headers))).toMatchObject({ message: 'JWT expired' });
  });

  test('a token that has expired is remembered as well', async () => {
    const counts = { lookups: 0, hits: 0, evictions: 0 };
    const authenticate = createAuthenticate({ ...base, counts, cacheMaxEntries: 1 });
    const call = async (text: string) => refusal(() => authenticate(new Headers({ authorization: `Bearer ${text}` })));
    const expired = await token({ role: 'author', exp: 1 });
    for (let n = 0; n < 2; n++) expect(await call(expired)).toMatchObject({ message: 'JWT expired' });
    expect(counts).toEqual({ lookups: 2, hits: 1, evictions: 0 });
    expect(await call(await token({ role: 'author', exp: 2 }))).toMatchObject({ message: 'JWT expired' });
    expect(counts).toEqual({ lookups: 3, hits: 1, evictions: 1 });
  });

  test('nothing is remembered where that is off', async () => {
    const authenticate = createAuthenticate({ ...base, cacheMaxEntries: 0 });
    const headers = new Headers({ authorization: `Bearer ${await token({ role: 'author' })}` });
    await authenticate(headers);
    expect(authenticate(headers)).toBeInstanceOf(Promise);
  });
});

/** A token with any payload, signed as it should be. */
async function signRaw(payload: string): Promise<string> {
  const unsigned = [`{"alg":"HS256"}`, payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const key = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(unsigned));
  return `${unsigned}.${Buffer.from(signature).toString('base64url')}`;
}

describe('secrets', () => {
  test('in base64, of either alphabet', async () => {
    const bytes = new Uint8Array(40).fill(251);
    const text = await token({ role: 'author' }, bytes);
    const encoded = Buffer.from(bytes).toString('base64');
    expect(await bearer(text, { secret: encoded, secretIsBase64: true })).toMatchObject({ role: 'author' });
    const urlSafe = encoded.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '.');
    expect(await bearer(text, { secret: urlSafe, secretIsBase64: true })).toMatchObject({ role: 'author' });
  });

  test('in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hutch-auth-'));
    try {
      writeFileSync(join(folder, 'secret'), `${secret}\n`);
      expect(await withToken({ role: 'author' }, { secret: `@${join(folder, 'secret')}` })).toMatchObject({
        role: 'author',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('that cannot work are refused at the start, without being shown', () => {
    expect(() => createAuthenticate({ ...base, secret: 'short' })).toThrow('The JWT secret is not valid');
    expect(() => createAuthenticate({ ...base, secret: '@/no/such/file' })).toThrow('The JWT secret is not valid');
    expect(() => createAuthenticate({ ...base, secret: '!', secretIsBase64: true })).toThrow(
      'The JWT secret is not valid',
    );
  });
});

describe('key sets', () => {
  const algorithms = ['RS256', 'PS384', 'ES256', 'ES384', 'EdDSA'] as const;
  const jwks: JWK[] = [];
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    for (const alg of algorithms) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      jwks.push({ ...(await exportJWK(publicKey)), kid: alg });
      tokens.set(alg, await new SignJWT({ role: alg }).setProtectedHeader({ alg, kid: alg }).sign(privateKey));
    }
  });

  test.each(algorithms.map((alg) => [alg]))('%s', async (alg) => {
    expect(await bearer(tokens.get(alg) ?? '', { secret: JSON.stringify({ keys: jwks }) })).toMatchObject({
      role: alg,
    });
  });

  test('a single key', async () => {
    const [rsa] = jwks;
    expect(await bearer(tokens.get('RS256') ?? '', { secret: JSON.stringify(rsa) })).toMatchObject({ role: 'RS256' });
    expect(await refusal(() => bearer(tokens.get('ES256') ?? '', { secret: JSON.stringify(rsa) }))).toMatchObject({
      details: 'No suitable key was found to decode the JWT',
    });
  });

  test('a public key is no HMAC secret', async () => {
    const [rsa] = jwks;
    const text = JSON.stringify(rsa);
    const forged = await token({ role: 'author' }, text);
    expect(await refusal(() => bearer(forged, { secret: text }))).toMatchObject({ code: 'PGRST301' });
  });

  test('at an address', async () => {
    let fetched = 0;
    const server = Bun.serve({
      port: 0,
      fetch: () => {
        fetched++;
        return Response.json({ keys: jwks });
      },
    });
    try {
      const authenticate = createAuthenticate({ ...base, jwksUrl: String(server.url) });
      for (const alg of algorithms)
        expect(await authenticate(new Headers({ authorization: `Bearer ${tokens.get(alg)}` }))).toMatchObject({
          role: alg,
        });
      expect(fetched).toBe(1);
      expect(
        await refusal(async () =>
          authenticate(new Headers({ authorization: `Bearer ${await token({ role: 'x' }, 'y'.repeat(32))}` })),
        ),
      ).toMatchObject({ status: 401 });
      expect(
        await authenticate(new Headers({ authorization: `Bearer ${await token({ role: 'own' })}` })),
      ).toMatchObject({ role: 'own' });
    } finally {
      await server.stop(true);
    }
    const gone = createAuthenticate({ ...base, secret: undefined, jwksUrl: String(server.url) });
    expect(await refusal(() => gone(new Headers({ authorization: `Bearer ${tokens.get('RS256')}` })))).toMatchObject({
      status: 503,
      code: 'HUTCH110',
    });
  });
});

describe('the path to the role', () => {
  const claims = {
    role: 'plain',
    'https://www.example.com/role': { key: 'odd' },
    postgrest: { roles: ['other', 'author'], a_b: 'under' },
  };
  const cases: readonly (readonly [path: string, role: unknown])[] = [
    ['$.role', 'plain'],
    ['$.postgrest.a_b', 'under'],
    ['$.postgrest.roles[1]', 'author'],
    ["$['https://www.example.com/role'].key", 'odd'],
    ["$.postgrest.roles[?(@ == 'author')]", 'author'],
    ["$.postgrest.roles[?search(@, '^au')]", 'author'],
    ['$.missing.deeper', undefined],
    ['$.constructor', undefined],
    ['.role', 'plain'],
    ['.postgrest.roles[0]', 'other'],
    ['."https://www.example.com/role".key', 'odd'],
    ['.postgrest.roles[?(@ == "author")]', 'author'],
    ['.postgrest.roles[?(@ != "other")]', 'author'],
    ['.postgrest.roles[?(@ ^== "au")]', 'author'],
    ['.postgrest.roles[?(@ ==^ "hor")]', 'author'],
    ['.postgrest.roles[?(@ *== "uth")]', 'author'],
    ['.postgrest.roles[9]', undefined],
  ];
  test.each(cases)('%s', (path, role) => expect(compileRolePath(path)(claims)).toBe(role));

  test.each([['role'], ['$['], ['.a['], [''], ['.a[?(@ == "x")].b']])('refuses %s', (path) => {
    expect(() => compileRolePath(path)).toThrow('PGRST_JWT_ROLE_CLAIM_KEY');
  });
});
