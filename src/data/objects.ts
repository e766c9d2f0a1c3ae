import type { DatabaseObject } from '../db/object.ts';
import { auditObjects } from './audit/objects.ts';
import { columnObjects } from './columns/objects.ts';
import { grantObjects } from './roles/grants.ts';
import { softDeleteObjects } from './soft-delete/objects.ts';
import { hutchSchema } from './table/hutch-schema.ts';
import { shapeOf, tablesOf } from './table/shape.ts';
import { viewObjects } from './views/declare.ts';

/**
 * Everything a Drizzle schema needs in the database beyond what drizzle-kit creates: functions, triggers and grants, each
 * idempotent, with a stable name and a way down, in the order in which they have to be applied (after the tables).
 *
 * @param schema the exports of the schema's modules; what is no table is passed over
 * @example
 * import * as schema from './schema.ts';
 * for (const { up } of objectsOf(schema)) await driver.script(up); // as `hutch migrate up` does, where they have changed
 */
export function objectsOf(schema: object): readonly DatabaseObject[] {
  const tables = tablesOf(schema).map(shapeOf);
  const objects = [
    ...columnObjects(tables),
    ...softDeleteObjects(tables),
    ...auditObjects(tables),
    ...grantObjects(tables),
    ...viewObjects(schema),
  ];
  return objects.some((it) => it.dependsOn?.length) ? [hutchSchema, ...objects] : objects;
}
