import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DatabaseObject } from '../../db/object.ts';
import { HutchError } from '../../errors/index.ts';
import type { Project } from '../project/project.ts';

/**
 * The objects of `drizzle/objects/*.sql`. A file is one object, named after itself. Comment lines at its top may say
 * `-- depends on: other, another` and `-- down: DROP …` (one line each, joined); without a `down` it stays when the file goes.
 */
export async function readObjects(project: Pick<Project, 'objectsDir'>): Promise<readonly DatabaseObject[]> {
  if (!existsSync(project.objectsDir)) return [];
  const files = (await readdir(project.objectsDir)).filter((it) => it.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (it) => objectOf(basename(it, '.sql'), await readFile(join(project.objectsDir, it), 'utf8'))),
  );
}

function objectOf(name: string, text: string): DatabaseObject {
  const lines = text.split('\n').map((it) => it.trim());
  const said = (key: string) =>
    lines.flatMap((it) => (it.startsWith(`-- ${key}:`) ? [it.slice(key.length + 4).trim()] : []));
  const dependsOn = said('depends on').flatMap((it) =>
    it
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
  return { name, up: text, down: said('down').join('\n'), dependsOn };
}

/** Orders objects so that each follows what it depends on; otherwise as given. @throws HutchError `migrate_object_cycle` */
export function inOrder(objects: readonly DatabaseObject[]): readonly DatabaseObject[] {
  const byName = new Map(objects.map((it) => [it.name, it]));
  const ordered = new Set<DatabaseObject>();
  const visit = (object: DatabaseObject, path: readonly string[]): void => {
    if (ordered.has(object)) return;
    if (path.includes(object.name))
      throw new HutchError('migrate_object_cycle', { details: [...path, object.name].join(' → ') });
    for (const name of object.dependsOn ?? []) {
      const needed = byName.get(name);
      if (needed) visit(needed, [...path, object.name]);
    }
    ordered.add(object);
  };
  for (const object of objects) visit(object, []);
  return [...ordered];
}
