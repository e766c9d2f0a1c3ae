import type { Project, Schema } from '../../migrate/index.ts';

/** A project that is served: its `drizzle.config` and what its schema files export; both absent where only a database is. */
export interface LoadedProject {
  readonly root: string;
  readonly project: Project | undefined;
  readonly schema: Schema;
  /** It knows nothing of Hutch: its modules other than the schema's are left alone. */
  readonly foreign?: boolean;
  /** The schema files could not be loaded: the database is served as its migrations leave it. */
  readonly unknown?: boolean;
  /** What whoever starts the server should know of the project. */
  readonly notices?: readonly string[];
}
