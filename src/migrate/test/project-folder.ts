import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Migration, readMigrations } from '../files/files.ts';
import { loadProject, type Project } from '../project/project.ts';

const CONFIG = `export default { dialect: 'postgresql', schema: './schema.ts', out: './drizzle' };\n`;
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** A Drizzle project in a temporary folder. */
export class ProjectFolder implements AsyncDisposable {
  private constructor(readonly root: string) {}

  static async create(files: Readonly<Record<string, string>> = {}): Promise<ProjectFolder> {
    const folder = new ProjectFolder(await realpath(await mkdtemp(join(tmpdir(), 'hutch-migrate-'))));
    await symlink(MODULES, join(folder.root, 'node_modules'));
    await folder.write({ 'drizzle.config.ts': CONFIG, 'schema.ts': '', ...files });
    return folder;
  }

  /** Whole files in one step, as editors do: who watches them never sees half of one. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.root, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    }
  }

  /** Migration folders of drizzle-kit 1.0, a second apart: `{ first: 'CREATE …' }`. */
  async migrations(
    sqls: Readonly<Record<string, string>>,
    downs: Readonly<Record<string, string>> = {},
  ): Promise<readonly Migration[]> {
    let second = 10;
    for (const [name, sql] of Object.entries(sqls)) {
      const folder = `drizzle/202601010000${second++}_${name}`;
      const down = downs[name];
      await this.write({
        [`${folder}/migration.sql`]: sql,
        ...(down === undefined ? {} : { [`${folder}/down.sql`]: down }),
      });
    }
    return this.read();
  }

  async read(): Promise<readonly Migration[]> {
    return (await readMigrations({ out: join(this.root, 'drizzle') })).migrations;
  }

  project(): Promise<Project> {
    return loadProject(this.root);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** The start of a schema file. */
export const IMPORTS = `import { date, index, integer, numeric, pgEnum, pgMaterializedView, pgTable, pgView, text, timestamp, varchar } from 'drizzle-orm/pg-core';\n`;
