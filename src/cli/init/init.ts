import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { HutchError } from '../../errors/index.ts';
import { findConfig } from '../../migrate/index.ts';

const template = join(import.meta.dir, 'template');

export interface Started {
  readonly root: string;
  /** Written, from the root. */
  readonly written: readonly string[];
  /** There already, and left as they were. */
  readonly kept: readonly string[];
  /** There already, and what was added: `package.json: scripts.dev, dependencies.hutch`. */
  readonly extended: readonly string[];
  /** The script `dev` is Hutch's. */
  readonly dev: boolean;
}

/** What a project that has its own Drizzle files still gets. */
const NEUTRAL = new Set(['.env.example', '.gitignore', 'package.json', 'tsconfig.json']);

/**
 * Lays a new project: schema, first migration, routes, a test, scripts. In a folder that has files already only those are
 * written that are missing, and a package.json gets the scripts and dependencies that it lacks; beside a Drizzle config of its own
 * nothing is written that names tables.
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
  const ownConfig = findConfig(root);
  const written: string[] = [];
  const kept: string[] = ownConfig === undefined ? [] : [basename(ownConfig)];
  for (const file of await filesOf(template)) {
    const target = nameOf(file);
    const path = join(root, target);
    if (ownConfig !== undefined && !NEUTRAL.has(target)) continue;
    if (await Bun.file(path).exists()) kept.push(target);
    else {
      await mkdir(dirname(path), { recursive: true });
      await Bun.write(path, await filled(file, basename(root)));
      written.push(target);
    }
  }
  const added = written.includes('package.json') ? [] : await extendPackage(root);
  return {
    root,
    written,
    kept: kept.filter((it) => it !== 'package.json' || added.length === 0),
    extended: added.length === 0 ? [] : [`package.json: ${added.join(', ')}`],
    dev: (await readPackage(join(root, 'package.json'))).scripts?.dev === 'hutch dev',
  };
}

const ADDED = ['scripts', 'dependencies', 'devDependencies'] as const;

type Package = Partial<Record<(typeof ADDED)[number], Record<string, string>>>;

/** Adds what a package.json lacks, and changes nothing that it has. @returns what was added: `scripts.dev` */
async function extendPackage(root: string): Promise<readonly string[]> {
  const path = join(root, 'package.json');
  const own = await readPackage(path);
  const wanted: Package = JSON.parse(await filled('_package.json', basename(root)));
  const has = new Set(Object.keys({ ...own.dependencies, ...own.devDependencies }));
  const added: string[] = [];
  for (const part of ADDED) {
    for (const [name, value] of Object.entries(wanted[part] ?? {})) {
      if (part === 'scripts' ? own.scripts?.[name] !== undefined : has.has(name)) continue;
      own[part] = { ...own[part], [name]: value };
      added.push(`${part}.${name}`);
    }
  }
  if (added.length > 0) await Bun.write(path, `${JSON.stringify(own, null, 2)}\n`);
  return added;
}

async function readPackage(path: string): Promise<Package> {
  try {
    return await Bun.file(path).json();
  } catch (cause) {
    throw new HutchError('no_project', {
      message: 'The package.json cannot be read',
      details: `${path}: ${cause}`,
      cause,
    });
  }
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

/** A file of the template for a project of this name. */
async function filled(file: string, name: string): Promise<string> {
  const text = await Bun.file(join(template, file)).text();
  return text.replace(/\{\{([\w-]+)\}\}/g, (_, key: string) =>
    key === 'name' ? packageName(name) : (versions[key] ?? ''),
  );
}

const packageName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'app';
