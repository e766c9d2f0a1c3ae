import { type SQL, sql } from 'drizzle-orm';

/**
 * A claim of the request's token as SQL text, null where nobody is signed in: for policies and queries. `nullif` because
 * a setting that was local to an earlier transaction reads as an empty string, which is no JSON.
 *
 * @example
 * pgPolicy('own rows', { for: 'select', to: authenticatedRole, using: sql`owner_id = ${claim('sub')}` });
 */
export function claim(name: string): SQL<string | null> {
  // In a subquery, so that Postgres computes it once for a statement and not for each row.
  return sql<string | null>`(select ${sql.raw(claimText(name))})`;
}

/** The bare expression; written as Postgres prints it back, so that a comparison with the live default finds no drift. */
export function claimText(name: string): string {
  const quoted = `'${name.replaceAll("'", "''")}'`;
  return `((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::json ->> ${quoted}::text)`;
}
