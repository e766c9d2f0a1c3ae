import type { DatabaseObject } from '../../db/object.ts';
import { HUTCH_SCHEMA } from './names.ts';

/** The schema of Hutch's own functions and tables. It stays as long as anything else lives in it. */
export const hutchSchema: DatabaseObject = {
  name: 'hutch.schema',
  up: `CREATE SCHEMA IF NOT EXISTS ${HUTCH_SCHEMA}`,
  down: `DO $$ BEGIN
  DROP SCHEMA IF EXISTS ${HUTCH_SCHEMA};
EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
END $$`,
};
