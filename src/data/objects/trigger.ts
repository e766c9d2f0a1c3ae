import { identifier } from '../../db/quoting.ts';
import type { TableShape } from './shape.ts';

export interface TriggerText {
  readonly name: string;
  /** `BEFORE UPDATE`, `AFTER INSERT`, … */
  readonly on: string;
  /** `FOR EACH ROW WHEN (…)`, or with transition tables `FOR EACH STATEMENT`. */
  readonly each: string;
  readonly calls: string;
}

/** Dropped first and not `OR REPLACE`, which older servers than 14 lack. */
export function createTrigger(table: TableShape, trigger: TriggerText): string {
  const name = identifier(trigger.name);
  return `${dropTrigger(table, trigger.name)};
CREATE TRIGGER ${name} ${trigger.on} ON ${table.sql} ${trigger.each} EXECUTE FUNCTION ${trigger.calls}()`;
}

/** The trigger and its function. */
export const dropAll = (table: TableShape, trigger: TriggerText): string =>
  `${dropTrigger(table, trigger.name)};\n${dropFunction(trigger.calls)}`;

/** Says nothing where the table itself is gone. */
export const dropTrigger = (table: TableShape, name: string): string =>
  `DROP TRIGGER IF EXISTS ${identifier(name)} ON ${table.sql}`;

/** A trigger function that acts for the table's owner, whoever fired it: a foreign key's own actions do the same. */
export function triggerFunction(name: string, body: string): string {
  return `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hutch$
${body}
$hutch$`;
}

export const dropFunction = (name: string): string => `DROP FUNCTION IF EXISTS ${name}()`;
