import { identifier } from './names.ts';
import type { TableShape } from './shape.ts';

/**
 * When a row's trigger fires. The condition stands in a function that takes rows of any type, `old_row` and `new_row`, and not in the trigger
 * itself: there it would tie the trigger to its columns, and migrations could neither drop them nor change their types.
 * plpgsql and not SQL, which Postgres would put in the function's place by parsing it anew for each statement.
 */
export interface RowCondition {
  readonly name: string;
  readonly condition: string;
}

export interface TriggerText {
  readonly name: string;
  /** `BEFORE UPDATE`, `AFTER INSERT`, … */
  readonly on: string;
  /** `FOR EACH ROW WHEN (…)`, or with transition tables `FOR EACH STATEMENT`. */
  readonly each: string;
  readonly when?: RowCondition;
  readonly calls: string;
}

/** Dropped first and not `OR REPLACE`, which older servers than 14 lack. */
export function createTrigger(table: TableShape, trigger: TriggerText): string {
  const name = identifier(trigger.name);
  const { when } = trigger;
  const condition = when
    ? ` WHEN (${when.name}(${trigger.on.includes('INSERT') ? 'NEW.*, NEW.*' : 'OLD.*, NEW.*'}))`
    : '';
  return `${dropTrigger(table, trigger.name)};
${when ? `${conditionFunction(when)};\n` : ''}CREATE TRIGGER ${name} ${trigger.on} ON ${table.sql} ${trigger.each}${condition} EXECUTE FUNCTION ${trigger.calls}()`;
}

function conditionFunction({ name, condition }: RowCondition): string {
  return `CREATE OR REPLACE FUNCTION ${name}(old_row anyelement, new_row anyelement) RETURNS boolean LANGUAGE plpgsql STABLE AS $hutch$
BEGIN
  RETURN ${condition};
END $hutch$`;
}

/** The trigger, its function and its condition. */
export function dropAll(table: TableShape, trigger: TriggerText): string {
  const condition = trigger.when ? `;\nDROP FUNCTION IF EXISTS ${trigger.when.name}(anyelement, anyelement)` : '';
  return `${dropTrigger(table, trigger.name)};\n${dropFunction(trigger.calls)}${condition}`;
}

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
