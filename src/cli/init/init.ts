import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { HutchError } from '../../errors/index.ts';

const template = join(import.meta.dir, 'template');

export interface Started {
  readonly root: string;
  /** Written, from the root. */
  readonly written: readonly string[];
  /** There already, and left as they were. */
  readonly kept: readonly string[];
}

/**
 * Lays a new project: schema, first migration, routes, a test, scripts. In a folder that has files already only those are
 * written that are missing, so it also adds Hutch to a project.
 * @throws HutchError `no_project` where a file stands in the folder's place
 */
export async function init(folder: string): Promise<Started> {
  const root = resolve(folder);
  const isFile = await stat(root).then(
    (it) => it.isFile(),
    () => false,
  );
  if (isFile)
    throw new HutchError('no_project', { message: 'A file stands where the project should be', details: root });
  const written: string[] = [];
  const kept: string[] = [];
  for (const file of await filesOf(template)) {
    const target = nameOf(file);
    const path = join(root, target);
    if (await Bun.file(path).exists()) kept.push(target);
    else {
      await mkdir(dirname(path), { recursive: true });
      await Bun.write(path, filled(await Bun.file(join(template, file)).text(), basename(root)));
      written.push(target);
    }
  }
  return { root, written, kept };
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

/** Files that tools would take for this repository's own have an underscore before or `.txt` behind their names in the template. */
const nameOf = (file: string): string =>
  file
    .replace(/^_(gitignore|env)/, '.$1')
    .replace(/^_/, '')
    .replace(/\.txt$/, '');

/** Versions are those that this Hutch was built with, so that one Drizzle serves both. */
const versions: Readonly<Record<string, string>> = {
  ...packageJson.dependencies,
  ...packageJson.devDependencies,
  hutch: packageJson.version,
};

function filled(text: string, name: string): string {
  return text.replace(/\{\{([\w-]+)\}\}/g, (_, key: string) =>
    key === 'name' ? packageName(name) : (versions[key] ?? ''),
  );
}

const packageName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'app';
