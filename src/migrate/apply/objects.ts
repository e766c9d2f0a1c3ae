import { DatabaseError, type Driver, type Executor, type Row } from '../../db/driver.ts';
import type { DatabaseObject } from '../../db/object.ts';
import { identifier, literal, qualified } from '../../db/quoting.ts';
import { HutchError } from '../../errors/index.ts';
import { inOrder } from '../files/objects.ts';
import { roleHint } from '../files/roles.ts';
import { placeOf } from '../files/statements.ts';
import { DRIZZLE_LEDGER, type LedgerName } from '../project/project.ts';
import { isAbsent } from './ledger.ts';

export interface ObjectsResult {
  readonly applied: readonly string[];
  readonly removed: readonly string[];
}

export interface StoredObject {
  readonly checksum: string;
  readonly down: string;
}

export const objectsTable = (ledger: LedgerName): string => qualified(ledger.schema, '__hutch_objects');

const checksumOf = (object: DatabaseObject): string => new Bun.CryptoHasher('sha256').update(object.up).digest('hex');

/**
 * Applies the objects whose text has changed since they were last applied, and removes those that are no longer there, all in one
 * transaction. Those that follow a changed one are applied again too. With nothing changed it costs one query.
 * @throws HutchError `migrate_object_failed` with the object's name and the line
 */
export async function applyObjects(
  driver: Driver,
  objects: readonly DatabaseObject[],
  options: { readonly ledger?: LedgerName } = {},
): Promise<ObjectsResult> {
  const ledger = options.ledger ?? DRIZZLE_LEDGER;
  const stored = await storedObjects(driver, ledger);
  const changed = changedObjects(inOrder(objects), stored ?? new Map());
  const names = new Set(objects.map((it) => it.name));
  const gone = [...(stored ?? new Map<string, StoredObject>())].filter(([name]) => !names.has(name)).reverse();
  if (changed.length === 0 && gone.length === 0) return { applied: [], removed: [] };
  await driver.transaction(async (tx) => {
    await tx.script(prelude(ledger, stored === undefined));
    for (const [name, object] of gone) await applyOne(tx, name, `${object.down};\n${forget(ledger, name)}`);
    for (const [place, object] of changed.entries())
      await applyOne(tx, object.name, `${object.up}\n;\n${remember(ledger, object, place)}`);
  });
  return { applied: changed.map((it) => it.name), removed: gone.map(([name]) => name) };
}

/** Changed ones, and those that stand on them. */
export function changedObjects(
  ordered: readonly DatabaseObject[],
  stored: ReadonlyMap<string, StoredObject>,
): readonly DatabaseObject[] {
  const changed = new Set<string>();
  for (const object of ordered) {
    const differs = stored.get(object.name)?.checksum !== checksumOf(object);
    if (differs || object.dependsOn?.some((name) => changed.has(name))) changed.add(object.name);
  }
  return ordered.filter((it) => changed.has(it.name));
}

/** Two deployers can't race: the second waits for the first one's transaction, and then applies the same text again. */
function prelude(ledger: LedgerName, create: boolean): string {
  const lock = `SELECT pg_advisory_xact_lock(hashtextextended(${literal(`hutch objects ${objectsTable(ledger)}`)}, 0))`;
  if (!create) return lock;
  return `${lock};
CREATE SCHEMA IF NOT EXISTS ${identifier(ledger.schema)};
CREATE TABLE IF NOT EXISTS ${objectsTable(ledger)} (
  name text PRIMARY KEY, checksum text NOT NULL, down text NOT NULL, applied_at timestamp with time zone NOT NULL DEFAULT now()
)`;
}

/** Its time tells what was applied before it in the same transaction too, which it may stand on: it has to go earlier than that. */
function remember(ledger: LedgerName, object: DatabaseObject, place: number): string {
  const values = [object.name, checksumOf(object), object.down].map(literal).join(', ');
  return `INSERT INTO ${objectsTable(ledger)} (name, checksum, down, applied_at)
VALUES (${values}, now() + ${place} * interval '1 microsecond')
ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, down = excluded.down, applied_at = excluded.applied_at`;
}

const forget = (ledger: LedgerName, name: string): string =>
  `DELETE FROM ${objectsTable(ledger)} WHERE name = ${literal(name)}`;

async function applyOne(executor: Executor, name: string, sql: string): Promise<void> {
  try {
    await executor.script(sql);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const position = error.fields.position;
    const line = position === undefined ? '' : `, line ${placeOf(sql, position - 1).line}`;
    throw new HutchError('migrate_object_failed', {
      details: `${name}${line}: ${error.message}`,
      hint: error.fields.hint ?? roleHint(error.message),
      field: name,
      cause: error,
    });
  }
}

/** What is applied, in the order in which it was; undefined where nothing ever was. */
export async function storedObjects(
  executor: Executor,
  ledger: LedgerName,
): Promise<ReadonlyMap<string, StoredObject> | undefined> {
  const text = `select name, checksum, down from ${objectsTable(ledger)} order by applied_at, name`;
  try {
    const result = await executor.query({ text, prepare: false });
    return new Map(result.rows.map(storedObject));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const storedObject = ([name, checksum, down]: Row): [string, StoredObject] => [
  name ?? '',
  { checksum: checksum ?? '', down: down ?? '' },
];
