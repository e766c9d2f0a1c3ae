import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Driver, openPglite } from '../../db/index.ts';
import { rolesInNobodysWay, rolesScript } from '../../db/roles.ts';
import { isHutchError } from '../../errors/index.ts';
import { applyFile } from '../apply/apply.ts';
import type { Failure } from '../apply/events.ts';
import { createLedger, readLedger, recordApplied, recordReverted } from '../apply/ledger.ts';
import { up } from '../apply/up.ts';
import { wipe } from '../apply/wipe.ts';
import { embeddedExtensions, extensionsOf } from '../files/extensions.ts';
import type { Migration } from '../files/files.ts';
import { DRIZZLE_LEDGER, type Project } from '../project/project.ts';
import type { SchemaState } from '../state/entities.ts';
import { type Difference, differences, keyed } from '../state/keyed.ts';
import { lossesOf } from '../state/losses.ts';
import { readState } from '../state/read.ts';
import { filterRoles, type Way, wayBack } from '../state/reverse.ts';
import { bringHosted } from './hosted.ts';

/** Opens an empty database to try things in; its `close` disposes of it. */
export type OpenScratch = () => Promise<Driver>;

const ledger = DRIZZLE_LEDGER;

/**
 * A database of its own in which migrations are tried before they meet a real one. It is kept in `.hutch/rehearsal` between calls, with the
 * migrations that it has applied, so that only new ones cost time; where another process uses it, one in memory takes its place.
 */
export class Rehearsal implements AsyncDisposable {
  private constructor(
    readonly driver: Driver,
    private readonly texts: readonly string[],
  ) {}

  static async open(
    project: Pick<Project, 'root'>,
    migrations: readonly Migration[],
    openScratch?: OpenScratch,
  ): Promise<Rehearsal> {
    const open =
      openScratch ?? (() => openKept(join(project.root, '.hutch', 'rehearsal'), embeddedExtensions(migrations)));
    return new Rehearsal(
      await open(),
      migrations.map((it) => it.sql),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.driver.close();
  }

  /**
   * Brings the database to exactly these migrations; wipes it where it has seen others.
   * @returns the failure of the first that Postgres refuses
   */
  async advance(migrations: readonly Migration[]): Promise<Failure | undefined> {
    const { rows } = await readLedger(this.driver, ledger);
    const isPrefix = rows.every(
      (row, index) => row.name === migrations[index]?.name && row.hash === migrations[index]?.hash,
    );
    if (!isPrefix) await wipe(this.driver, { roles: true });
    await this.prepareGround();
    return (await up(this.driver, migrations)).failure;
  }

  /** What a server has that migrations take for granted, as `dev` prepares it. */
  private async prepareGround(): Promise<void> {
    await this.driver.script(rolesScript(rolesInNobodysWay(this.texts)));
    await bringHosted(this.driver, this.texts.join('\n'), extensionsOf(this.texts.map((sql) => ({ sql }))).create);
  }

  state(): Promise<SchemaState> {
    return readState(this.driver);
  }

  /** Applies a migration, finds its way down, walks down and up again, and compares. The database ends with it applied. */
  async rehearse(migration: Migration): Promise<Rehearsed> {
    const roles = namedIn(migration);
    const before = filterRoles(await this.state(), roles);
    const failure = await this.apply(migration.path, migration.sql, recordApplied(ledger, migration), 'up');
    if (failure) return { outcome: 'failed', failure };
    const after = filterRoles(await this.state(), roles);
    const way = await wayBack(this.driver, before, { roles });
    const losses = lossesOf(before, after, migration.sql);
    if (way.refused) return { outcome: 'refused', way, losses };
    const problem = await this.thereAndBack(migration, way, before, after);
    return {
      outcome: 'found',
      way,
      losses,
      differing: [...way.differing, ...(problem.differing ?? [])],
      problem: problem.message,
    };
  }

  private async thereAndBack(
    migration: Migration,
    way: Way,
    before: SchemaState,
    after: SchemaState,
  ): Promise<Problem> {
    const roles = namedIn(migration);
    const row = (await readLedger(this.driver, ledger)).rows.at(-1);
    const downFailure = await this.apply(
      migration.downPath,
      way.statements.join(';\n'),
      recordReverted(ledger, row?.id ?? 0),
      'down',
    );
    if (downFailure) return { message: `the way down failed: ${downFailure.message}` };
    const back = differences(keyed(filterRoles(await this.state(), roles)), keyed(before));
    const upFailure = await this.apply(migration.path, migration.sql, recordApplied(ledger, migration), 'up');
    if (upFailure)
      return { message: `it could not be applied again after the way down: ${upFailure.message}`, differing: back };
    const again = differences(keyed(filterRoles(await this.state(), roles)), keyed(after));
    const message = again.length > 0 ? 'applied again, it leads elsewhere' : undefined;
    return { message, differing: [...back, ...again] };
  }

  private async apply(file: string, sql: string, record: string, way: 'up' | 'down'): Promise<Failure | undefined> {
    const session = await this.driver.session();
    try {
      await session.script(createLedger(ledger));
      return await applyFile(session, ledger, { name: file, file, sql, record, way }, {});
    } finally {
      await session.release();
    }
  }
}

/** Of the server's roles those that a migration can be about. */
const namedIn =
  ({ sql }: Migration) =>
  (name: string): boolean =>
    sql.includes(name);

interface Problem {
  readonly message: string | undefined;
  readonly differing?: readonly Difference[];
}

export type Rehearsed =
  /** Up does not work. */
  | { readonly outcome: 'failed'; readonly failure: Failure }
  /** No way down was found. */
  | { readonly outcome: 'refused'; readonly way: Way; readonly losses: readonly string[] }
  | {
      readonly outcome: 'found';
      readonly way: Way;
      readonly losses: readonly string[];
      /** Empty: up, down and up again were exact. */
      readonly differing: readonly Difference[];
      readonly problem: string | undefined;
    };

async function openKept(dataDir: string, extensions: readonly string[]): Promise<Driver> {
  await mkdir(dirname(dataDir), { recursive: true });
  const options = { statementTimeout: 0, extensions };
  try {
    return await openPglite({ dataDir, ...options });
  } catch (error) {
    if (isHutchError(error) && error.code === 'database_owned') return openPglite(options);
    // It is only a copy; a damaged one is made anew.
    await rm(dataDir, { recursive: true, force: true });
    return openPglite({ dataDir, ...options });
  }
}
