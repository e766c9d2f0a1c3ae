/** The development secret and the API keys beside it, as `@supabase/supabase-js` wants them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeStateFolder } from './state-file.ts';

export interface Keys {
  readonly secret: string;
  /** `sb_publishable_…`: the role `anon`, for browsers. */
  readonly publishable: string;
  /** `sb_secret_…`: the role `service_role`, which passes every policy. Not for browsers. */
  readonly secretKey: string;
  /** The same two as signed tokens, for clients that know no other. */
  readonly anon: string;
  readonly service: string;
}

/**
 * The project's keys for development, made once and kept in `.hutch/keys.json`, so that a client's environment file stays
 * right from one start to the next. Readable by the owner alone.
 */
export async function developmentKeys(root: string): Promise<Keys> {
  const file = join(root, '.hutch', 'keys.json');
  const kept = await readKeys(file);
  if (kept) return kept;
  const keys = await makeKeys(random(32).toString('hex'));
  await makeStateFolder(root);
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  return keys;
}

const random = (bytes: number): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes)));

/** New keys for a secret; the tokens are valid for ten years. */
export async function makeKeys(secret: string): Promise<Keys> {
  const { SignJWT } = await import('jose');
  const key = new TextEncoder().encode(secret);
  const sign = (role: string) =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('hutch')
      .setIssuedAt()
      .setExpirationTime('10y')
      .sign(key);
  return {
    secret,
    publishable: `sb_publishable_${random(16).toString('base64url')}`,
    secretKey: `sb_secret_${random(16).toString('base64url')}`,
    anon: await sign('anon'),
    service: await sign('service_role'),
  };
}

async function readKeys(file: string): Promise<Keys | undefined> {
  try {
    const kept: Partial<Keys> = JSON.parse(await readFile(file, 'utf8'));
    const { secret, publishable, secretKey, anon, service } = kept;
    return secret && publishable && secretKey && anon && service
      ? { secret, publishable, secretKey, anon, service }
      : undefined;
  } catch {
    return undefined; // the first start
  }
}
