import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HutchError, moduleError } from '../../errors/index.ts';
import { settleTables } from './older-tables.ts';
import type { Project } from './project.ts';

/** What the schema files export: Drizzle tables, enums, relations and the rest, by name. */
export type Schema = Readonly<Record<string, unknown>>;

/**
 * Imports a project's schema files into this process. Exports of one name from two files are kept apart under `name@file`.
 * For a foreign project, which may throw, exit or hang, call `probeProject` first.
 * @throws HutchError `migrate_schema_failed`
 */
export async function loadSchema(project: Pick<Project, 'schemaFiles' | 'casing'>): Promise<Schema> {
  const schema: Record<string, unknown> = {};
  for (const file of project.schemaFiles) {
    for (const [name, value] of Object.entries(await importFile(file))) {
      if (name === 'default' && value === undefined) continue;
      const taken = Object.hasOwn(schema, name) && schema[name] !== value;
      schema[taken ? `${name}@${basename(file)}` : name] = value;
    }
  }
  settleTables(schema, project.casing);
  return schema;
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    return module;
  } catch (cause) {
    throw new HutchError('migrate_schema_failed', { details: moduleError(cause, file), field: file, cause });
  }
}
