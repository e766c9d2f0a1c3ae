import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { HutchError } from '../../errors/index.ts';
import { refuseNamesakes } from '../../migrate/project/namesakes.ts';
import { emptyProject, findConfig, loadProject, type Project } from '../../migrate/project/project.ts';
import { loadSchema } from '../../migrate/project/schema.ts';
import type { LoadedProject } from './loaded-project.ts';

/**
 * Reads the project in a folder. One that does not depend on Hutch is tried in a process of its own first.
 * @throws HutchError `no_project` where `required` and there is no `drizzle.config` in it
 */
export async function openProject(root: string, required: boolean): Promise<LoadedProject> {
  if (findConfig(root) === undefined) {
    if (!required) return { root, project: undefined, schema: {} };
    throw noProject(root);
  }
  if (!knowsHutch(root)) return openForeign(root);
  const project = await loadProject(root);
  const schema = await loadSchema(project);
  refuseNamesakes(schema);
  return { root, project, schema };
}

/** The project in a folder that has a config, without its schema files being needed where it is a foreign project's. */
export async function readProject(root: string): Promise<Project> {
  const { project } = knowsHutch(root) ? { project: await loadProject(root) } : await openForeign(root);
  return project ?? emptyProject(root);
}

async function openForeign(root: string): Promise<LoadedProject> {
  const { openForeignProject } = await import('./foreign-project.ts');
  return openForeignProject(root);
}

/** Whether the project's files could import Hutch: then it is its own, and trusted to load. */
function knowsHutch(root: string): boolean {
  try {
    Bun.resolveSync('hutch', root);
    return true;
  } catch {
    return false;
  }
}

/** Says where there is one below. */
export function noProject(root: string): HutchError {
  const others = existsSync(root) ? configsBelow(root) : [];
  const below = others.map((it) => `--project ${it}`).join(' or ');
  return new HutchError('no_project', {
    details: `No drizzle.config.ts in ${root}`,
    hint:
      below === '' ? 'Make one with `hutch init`, or name the folder with --project' : `There is one below: ${below}`,
    field: 'project',
  });
}

/** A monorepo keeps it in `packages/db`, `apps/web/server/db`. */
const MOST_DEEP = 4;
const MOST_NAMED = 4;

function configsBelow(root: string): readonly string[] {
  return foldersBelow(root, MOST_DEEP)
    .filter((folder) => findConfig(folder) !== undefined)
    .slice(0, MOST_NAMED)
    .map((folder) => relative('.', folder));
}

function foldersBelow(folder: string, deep: number): readonly string[] {
  if (deep === 0) return [];
  const inside = readdirSync(folder, { withFileTypes: true })
    .filter((it) => it.isDirectory() && it.name !== 'node_modules' && !it.name.startsWith('.'))
    .map((it) => join(folder, it.name));
  return inside.sort().flatMap((it) => [it, ...foldersBelow(it, deep - 1)]);
}
