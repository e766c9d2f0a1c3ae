import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HutchError } from '../../errors/index.ts';

/** The major version of Postgres whose folders the embedded engine opens. */
const MAJOR = '18';

/** Bytes; Postgres writes it whole or not at all. */
const CONTROL_SIZE = 8_192;

/** True where the folder holds a database. */
export const hasDatabase = (dataDir: string): boolean => existsSync(join(dataDir, 'PG_VERSION'));

/**
 * Refuses a folder that the engine could not open, or that is somebody's for something else.
 * @throws HutchError `data_folder_unusable`
 */
export function checkFolder(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  if (!statSync(dataDir).isDirectory()) throw unusable(`${dataDir} is a file.`, OTHER);
  if (!hasDatabase(dataDir)) {
    if (readdirSync(dataDir).length > 0) throw unusable(`${dataDir} has files in it, and no database.`, OTHER);
    return;
  }
  const major = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (major !== MAJOR)
    throw unusable(`${dataDir} is of PostgreSQL ${major}, and PostgreSQL ${MAJOR} is embedded.`, ANEW);
  const control = statSync(join(dataDir, 'global', 'pg_control'), { throwIfNoEntry: false });
  if (control?.size !== CONTROL_SIZE) throw unusable(`${dataDir} is damaged: global/pg_control is not whole.`, ANEW);
}

const OTHER = 'Name another folder with --data-dir; a new one is made.';

/** What to do about a folder that can't be opened. */
export const ANEW =
  'Move the folder away to begin with a new one, from migrations and seed. What was kept with `hutch db snapshot` can be restored into it.';

const unusable = (details: string, hint: string): HutchError =>
  new HutchError('data_folder_unusable', { details, hint, field: 'dataDir' });
