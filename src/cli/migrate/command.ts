import type { DatabaseObject, Driver } from '../../db/index.ts';
import type { Project } from '../../migrate/index.ts';
import type { Need } from '../folder.ts';
import type { Terminal } from '../terminal.ts';

/** What a command works on. Whoever wires the commands opens these, and closes them afterwards. */
export interface MigrateContext {
  readonly project: Project;
  /** Opened on the first call. */
  driver(): Promise<Driver>;
  /** Objects derived from the schema, and those of `drizzle/objects`. */
  objects(): Promise<readonly DatabaseObject[]>;
  readonly terminal: Terminal;
  /** `NODE_ENV=production`, or a database that is not on this machine. */
  readonly production: boolean;
  /** The database is the project's own, or its server runs on this machine. */
  isHere(): Promise<boolean>;
  /** The database's URL, where it has one: drizzle-kit's introspection connects on its own. */
  readonly databaseUrl: string | undefined;
}

/** Flags as commander parsed them, and its positional arguments. */
export interface Input {
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
}

export interface Outcome {
  /** 0 all well, 1 something is wrong or failed. */
  readonly exitCode: 0 | 1;
  /** What `--json` prints. */
  readonly json: unknown;
  /** What people read. */
  readonly text: string;
}

export interface OptionSpec {
  /** As commander wants them: `--steps <n>`. */
  readonly flags: string;
  readonly help: string;
  /** May be given several times. */
  readonly many?: boolean;
}

export interface MigrateCommand {
  readonly name: string;
  /** `hutch migrate …` or `hutch db …`. */
  readonly group: 'migrate' | 'db';
  /** As commander wants them: `[name]`. */
  readonly args?: string;
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  /** Flags that Hutch does not know are not mistakes: they come among the arguments, for the project's own code. */
  readonly passesFlags?: boolean;
  /** Default: the project. */
  readonly need?: Need;
  run(context: MigrateContext, input: Input): Promise<Outcome>;
}

export const text = (input: Input, name: string): string | undefined => {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
};

export const flag = (input: Input, name: string): boolean => input.options[name] === true;

export const list = (input: Input, name: string): readonly string[] => {
  const value = input.options[name];
  return Array.isArray(value) ? value.filter((it): it is string => typeof it === 'string') : [];
};
