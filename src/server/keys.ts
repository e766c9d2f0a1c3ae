/** The development secret and the two API keys signed with it, as `@supabase/supabase-js` wants them. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Keys {
  readonly secret: string;
  /** A token with the role `anon`, for browsers. */
  readonly anon: string;
  /** A token with the role `service_role`, which passes every policy. Not for browsers. */
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
  const keys = await makeKeys(randomBytes(32).toString('hex'));
  await mkdir(join(root, '.hutch'), { recursive: true });
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  return keys;
}

/** Both keys for a secret, valid for ten years. */
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
  return { secret, anon: await sign('anon'), service: await sign('service_role') };
}

async function readKeys(file: string): Promise<Keys | undefined> {
  try {
    const { secret, anon, service }: Partial<Record<keyof Keys, unknown>> = JSON.parse(await readFile(file, 'utf8'));
    if (typeof secret !== 'string' || typeof anon !== 'string' || typeof service !== 'string') return undefined;
    return { secret, anon, service };
  } catch {
    return undefined; // the first start
  }
}
