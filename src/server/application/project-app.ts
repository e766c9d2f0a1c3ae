import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Hono } from 'hono';
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

/**
 * Imports the project's Hono app: the default export of the module.
 * @throws HutchError `app_invalid` where there is none; whatever the module throws
 */
export async function loadProjectApp(file: string): Promise<Hono> {
  const module: Record<string, unknown> = await import(pathToFileURL(file).href);
  return honoIn(module.default, file);
}

/** @throws HutchError `app_invalid` for what is no Hono app; `place` says where it stands */
export function honoIn(app: unknown, place: string): Hono {
  if (isHono(app)) return app;
  throw new HutchError('app_invalid', { details: place, hint: 'Write: export default new Hono()…', field: 'app' });
}

/** By shape: the project may have a Hono of its own. */
const isHono = (value: unknown): value is Hono =>
  value instanceof Hono || (typeof value === 'object' && value !== null && 'fetch' in value && 'routes' in value);
