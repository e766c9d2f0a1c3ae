import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { emptyProject, findConfig } from '../migrate/index.ts';
import { dataFolder, isExternal } from '../server/database/database.ts';
import { noProject } from '../server/project/open-project.ts';

/** What a command can't do without: the project's files; or its database, which may be all that there is. */
export type Need = 'project' | 'database' | 'nothing';

/**
 * A command in the wrong folder must neither make a database there nor report that all is well.
 * @throws HutchError `no_project`
 */
export function checkFolder(config: Config, need: Need): void {
  if (need === 'nothing') return;
  const root = resolve(config.project);
  const hasFiles = findConfig(root) !== undefined || existsSync(emptyProject(root).out);
  const hasDatabase = isExternal(config) || existsSync(dataFolder(config));
  if (!hasFiles && !(need === 'database' && hasDatabase)) throw noProject(root);
}
