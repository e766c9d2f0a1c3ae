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

export const createTrigger = (table: TableShape, { name, on, each, calls }: TriggerText): string =>
  `CREATE OR REPLACE TRIGGER ${identifier(name)} ${on} ON ${table.sql} ${each} EXECUTE FUNCTION ${calls}()`;

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
