/** A project that knows nothing of Hutch: its files may throw, end the process, hang, or need an environment that is not here. */
import { isHutchError } from '../../errors/index.ts';
import {
  type FailedProbe,
  loadSchema,
  missingHint,
  type Probe,
  type Project,
  probeError,
  probeProject,
  readMigrations,
  schemaMissing,
  standIns,
} from '../../migrate/index.ts';
import type { LoadedProject } from './loaded-project.ts';

/**
 * Tries the project in a process of its own, and loads it here where that went well. Where only its schema can't be loaded and it has
 * migrations, the database is served as they leave it.
 * @throws HutchError `migrate_config_invalid`, `migrate_schema_failed`, `migrate_schema_missing`
 */
export async function openForeignProject(root: string): Promise<LoadedProject> {
  const probe = await probeProject(root);
  const { project } = probe;
  if (project === undefined) throw probeError(failed(probe));
  for (const [name, value] of Object.entries(probe.environment)) process.env[name] ??= value;
  standIns();
  if (!probe.ok) return withoutSchema(root, project, () => probeError(probe), missingHint(probe));
  if (project.schemaFiles.length === 0 && project.schemaGlobs.length > 0)
    return withoutSchema(root, project, () => schemaMissing(project));
  try {
    return { root, project, schema: await loadSchema(project), foreign: true };
  } catch (error) {
    return withoutSchema(root, project, () => error);
  }
}

/** Without a project the probe has failed. */
function failed(probe: Probe): FailedProbe {
  if (probe.ok) throw new TypeError('a probe that went well has a project');
  return probe;
}

async function withoutSchema(
  root: string,
  project: Project,
  reason: () => unknown,
  advice: string | null = null,
): Promise<LoadedProject> {
  const error = reason();
  const { migrations } = await readMigrations(project);
  if (migrations.length === 0) throw error;
  const why = isHutchError(error) ? [error.message, error.details, advice ?? error.hint] : [String(error)];
  const notice = `${why.filter((it) => it !== null).join('. ')}. Serving what the migrations make.`.replace(
    /\.\.+/g,
    '.',
  );
  return { root, project, schema: {}, foreign: true, unknown: true, notices: [notice] };
}
