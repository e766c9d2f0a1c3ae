import { identifier } from '../../db/quoting.ts';
import type { TableShape } from '../table/shape.ts';
import type { TriggerText } from '../table/trigger.ts';
import type { Deletable } from './deletable.ts';

/** A trigger with the function it calls. */
export interface TriggerSource {
  readonly trigger: TriggerText;
  readonly body: string;
}

/** While this setting is on in a transaction, DELETE deletes for good. */
export const PURGE_SETTING = 'hutch.purge';

/** Makes a deletion's time, which is also its identity: see `deletionTime` in objects.ts. */
export const DELETION_TIME = 'hutch.deletion_time';

export const deletedAt = (columns: Deletable): string => identifier(columns.deletedAt.name);

/** `c.ticket_id = NEW.id AND …` */
export function matches(columns: readonly string[], left: string, others: readonly string[], right: string): string {
  const pairs = columns.map(
    (name, index) => `${left}${identifier(name)} = ${right}${identifier(others[index] ?? name)}`,
  );
  return pairs.join(' AND ');
}

/** Whether an update changed one of these. */
export const differs = (columns: readonly string[]): string =>
  columns.map((name) => `OLD.${name} IS DISTINCT FROM NEW.${name}`).join(' OR ');

export const sameRow = (shape: TableShape): string => matches(shape.key, '', shape.key, 'OLD.');

/** A name inside a quoted RAISE format. */
export const raiseText = (name: string): string => identifier(name).replaceAll("'", "''").replaceAll('%', '%%');
