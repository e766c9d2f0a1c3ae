import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HutchError } from '../../errors/index.ts';

/** Where a project's own routes are looked for, in this order, unless the setting `app` names them. */
export const ROUTE_FILES = ['src/app/routes.ts', 'src/routes.ts', 'src/app.ts', 'routes.ts'];

/** The module of the project's own routes, or undefined where it has none. @throws HutchError `app_missing` */
export function projectAppFile(root: string, named: string | undefined): string | undefined {
  if (named === undefined) return ROUTE_FILES.map((file) => join(root, file)).find((file) => existsSync(file));
  const file = resolve(root, named);
  if (!existsSync(file)) throw new HutchError('app_missing', { details: file, field: 'app' });
  return file;
}
