import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KitAnswer, KitGone } from './kit-protocol.ts';

/** What drizzle-kit calls the entities that hold data or meaning, so that a rename matters, in its snapshots and in its questions. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['schemas', 'schema'],
  ['tables', 'table'],
  ['columns', 'column'],
  ['enums', 'enum'],
  ['sequences', 'sequence'],
]);

function gone(entity: object): readonly KitGone[] {
  const fields = new Map<string, unknown>(Object.entries(entity));
  const kind = KINDS.get(String(fields.get('entityType')));
  if (kind === undefined) return [];
  const path = kind === 'schema' ? ['name'] : ['schema', 'table', 'name'];
  return [{ kind, entity: path.map((it) => fields.get(it)).filter((it) => typeof it === 'string') }];
}

const keyOf = (it: KitGone): string => `${it.kind} ${JSON.stringify(it.entity)}`;

/** What the former state has and the present one lacks, with the tables' answered renames already made. */
export function goneOf(
  previous: readonly KitGone[],
  current: readonly KitGone[],
  answers: readonly KitAnswer[],
): readonly KitGone[] {
  const present = new Set(current.map(keyOf));
  const renamed = new Set(
    answers.flatMap((it) => (it.type === 'rename' ? [keyOf({ kind: it.kind, entity: it.from })] : [])),
  );
  return previous
    .map((it) => underNewTable(it, answers))
    .filter((it) => !present.has(keyOf(it)) && !renamed.has(keyOf(it)));
}

function underNewTable(it: KitGone, answers: readonly KitAnswer[]): KitGone {
  if (it.kind !== 'column') return it;
  const [schema, table, column] = it.entity;
  for (const answer of answers) {
    if (answer.type !== 'rename' || answer.kind !== 'table') continue;
    if (answer.from[0] === schema && answer.from[1] === table)
      return { kind: 'column', entity: [...answer.to, column ?? ''] };
  }
  return it;
}

/** The entities that the schema files declare now. */
export async function declaredEntities(imports: Record<string, unknown>): Promise<readonly KitGone[]> {
  const { generateDrizzleJson } = await import('drizzle-kit/api-postgres');
  return (await generateDrizzleJson(imports)).ddl.flatMap((it) => gone(it));
}

/** The entities of the newest snapshot. */
export async function snapshotEntities(out: string): Promise<readonly KitGone[]> {
  const { reconstruct } = await import('drizzle-kit/api-postgres');
  const files: Record<string, unknown> = {};
  for (const folder of existsSync(out) ? readdirSync(out) : []) {
    const path = join(out, folder, 'snapshot.json');
    if (existsSync(path)) files[folder] = JSON.parse(readFileSync(path, 'utf8'));
  }
  return (await reconstruct(files)).ddl.flatMap((it) => gone(it));
}

/** SQL for the entities of a database, as rows of `kind` and `entity`. */
export const DATABASE_ENTITIES = `
select 'schema' as kind, json_build_array(nspname) as entity from pg_namespace where nspname !~ '^(pg_|information_schema)'
union all select 'table', json_build_array(n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema)'
union all select 'column', json_build_array(n.nspname, c.relname, a.attname) from pg_attribute a join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and n.nspname !~ '^(pg_|information_schema)'
union all select 'enum', json_build_array(n.nspname, y.typname) from pg_type y join pg_namespace n on n.oid = y.typnamespace
  where y.typtype = 'e'`;
