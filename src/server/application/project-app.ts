import { pathToFileURL } from 'node:url';
import { Hono } from 'hono';
import { HutchError } from '../../errors/index.ts';

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
