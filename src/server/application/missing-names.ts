import { nearest } from '../../errors/index.ts';
import type { Context } from './prepare.ts';

/** Schemas and the role that settings name and the database lacks, in words: what is served is less than was meant. */
export async function missingNames(
  { driver, pgrst }: Pick<Context, 'driver' | 'pgrst'>,
  schemasBy = 'PGRST_DB_SCHEMAS',
): Promise<readonly string[]> {
  const { rows } = await driver.query({ text: NAMES, prepare: false });
  const there = (kind: string) => rows.flatMap(([of, name]) => (of === kind && name !== null ? [name ?? ''] : []));
  const wanted = [
    ...pgrst.schemas.map((name) => ({ kind: 'schema', name, by: schemasBy })),
    ...(pgrst.anonRole === undefined ? [] : [{ kind: 'role', name: pgrst.anonRole, by: 'PGRST_DB_ANON_ROLE' }]),
  ];
  return wanted.flatMap(({ kind, name, by }) => {
    const names = there(kind);
    if (names.includes(name)) return [];
    const near = nearest(name, names);
    return [
      `The database has no ${kind} ${name}, which ${by} names${near === undefined ? '' : `; did you mean ${near}?`}`,
    ];
  });
}

const NAMES = `SELECT 'schema', nspname FROM pg_namespace UNION ALL SELECT 'role', rolname FROM pg_roles`;
