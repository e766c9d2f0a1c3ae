import type { PostgresAddress } from '../db/index.ts';
import { readUrl } from '../db/postgres/dial.ts';
import { sslFor } from '../db/postgres/ssl.ts';

/** Where a database is, as programs of libpq (psql, pg_dump) are told. */
export interface LibpqTarget {
  readonly url: string;
  /** The password is here, where `ps` does not show it; and TLS as Hutch itself would have it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function libpqTarget(address: PostgresAddress & { readonly url: string }): LibpqTarget {
  const { url, ssl, sslRootCert } = readUrl(address);
  const bare = new URL(url);
  const password = decodeURIComponent(bare.password);
  bare.password = '';
  const mode = sslFor(decodeURIComponent(bare.hostname), ssl);
  const env = {
    ...process.env,
    ...(password !== '' && { PGPASSWORD: password }),
    PGSSLMODE: mode,
    // Those that browsers know, by libpq's name for them.
    PGSSLROOTCERT: sslRootCert ?? (mode === 'verify-full' ? 'system' : undefined),
  };
  return { url: bare.href, env };
}
