import { HutchError } from '../errors/index.ts';
import { findConfig, loadProject, loadSchema, type Project, type Schema } from '../migrate/index.ts';

/** A project that is served: its `drizzle.config` and what its schema files export; both absent where only a database is. */
export interface LoadedProject {
  readonly root: string;
  readonly project: Project | undefined;
  readonly schema: Schema;
}

/**
 * Reads the project in a folder.
 * @throws HutchError `no_project` where `required` and there is no `drizzle.config` in it
 */
export async function openProject(root: string, required: boolean): Promise<LoadedProject> {
  if (findConfig(root) === undefined) {
    if (!required) return { root, project: undefined, schema: {} };
    throw new HutchError('no_project', {
      details: `No drizzle.config.ts in ${root}`,
      hint: 'Make one with `hutch init`, or name the folder with --project',
      field: 'project',
    });
  }
  const project = await loadProject(root);
  return { root, project, schema: await loadSchema(project) };
}
