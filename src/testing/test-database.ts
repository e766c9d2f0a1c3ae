import { afterAll, afterEach, beforeAll, beforeEach } from 'bun:test';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { drizzleOver } from '../db/drizzle/drizzle.ts';
import type { Driver } from '../db/index.ts';
import { HutchError } from '../errors/index.ts';
import { findConfig } from '../migrate/index.ts';
import { rememberBaseline, restoreBaseline } from './baseline.ts';
import {
  borrowEngine,
  type Open,
  type Origin,
  openDefault,
  openMigrated,
  type ProjectFolder,
  returnEngine,
} from './engine.ts';
import { openWorld, type World } from './world.ts';

export interface TestDatabaseSettings {
  /** The folder of the `drizzle.config.ts` whose migrations to apply. Default: the current one, where it has such a file. */
  readonly project?: ProjectFolder;
  /** Opens the empty database to start from. Default: on the server of `TEST_DATABASE_URL`, otherwise embedded. */
  readonly open?: Open;
  /** Runs once for the file, after the migrations: tables of its own, rows that every test starts with. */
  readonly setup?: (driver: Driver) => unknown;
  /** Real commits, several connections, LISTEN: each test then costs milliseconds instead of a fraction of one. */
  readonly commits?: boolean;
}

export interface TestDatabase {
  readonly db: PostgresJsDatabase;
  readonly driver: Driver;
}

/**
 * A migrated database for each test of the file, or of the `describe` it is called in: whatever a test writes is gone
 * before the next one. By default a test runs in a transaction that is rolled back, and transactions of the code under
 * test become savepoints in it; with `commits` everything is real, and the rows are restored afterwards.
 *
 * All of it is embedded, one engine for the process. With `TEST_DATABASE_URL` the same file runs on that server, in a
 * database of its own which is dropped at the end; `HUTCH_TEST_ENGINE=pglite` keeps it embedded all the same. Tests run one after the other: not for `test.concurrent`.
 *
 * In the rolled-back kind `now()` stands still within a test, sequences do not go back, and NOTIFY is not delivered.
 *
 * ```ts
 * const users = pgTable('users', { email: text().primaryKey() });
 * const { db } = testDatabase({ setup: (driver) => driver.script('create table users (email text primary key)') });
 *
 * test('an address is taken once', async () => {
 *   await db.insert(users).values({ email: 'ada@example.com' });
 *   expect(await db.$count(users)).toBe(1);
 * });
 * ```
 */
export function testDatabase(settings: TestDatabaseSettings = {}): TestDatabase {
  const project = settings.project ?? (findConfig(process.cwd()) ? process.cwd() : false);
  const origin = { project, open: settings.open ?? openDefault };
  const source = settings.commits ? new CommittedTests(origin, settings) : new RolledBackTests(origin, settings);
  const ticks = new Ticks();
  beforeAll(() => source.open(), OPENING);
  beforeAll(() => ticks.start());
  beforeEach(() => source.begin());
  afterEach(() => source.end());
  afterAll(() => source.close());
  afterAll(() => ticks.stop());
  const driver = forwarding(() => source.driver);
  return { driver, db: drizzleOver(driver) };
}

/** Milliseconds for migrations and setup: they are no test, and on a busy machine take longer than one may. */
const OPENING = 60_000;

/**
 * Keeps the event loop awake. `expect(…).rejects` turns the loop itself, and would sleep up to a second over each answer
 * of the embedded engine where nothing else is due.
 */
class Ticks {
  #timer: ReturnType<typeof setInterval> | undefined;

  start(): void {
    this.#timer = setInterval(() => undefined, 1);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** The driver changes with every test, the object a test file holds does not. */
function forwarding(current: () => Driver): Driver {
  // Every member is looked up in the current driver, which has them all.
  return new Proxy({} as Driver, {
    get(_, name) {
      const driver = current();
      const member: unknown = Reflect.get(driver, name);
      return typeof member === 'function' ? member.bind(driver) : member;
    },
  });
}

interface Source {
  readonly driver: Driver;
  open(): Promise<void>;
  begin(): Promise<void>;
  end(): Promise<void>;
  close(): Promise<void>;
}

class RolledBackTests implements Source {
  #file: World | undefined;
  #base: Driver | undefined;
  #test: World | undefined;

  constructor(
    private readonly origin: Origin,
    private readonly settings: TestDatabaseSettings,
  ) {}

  get driver(): Driver {
    return this.#test?.driver ?? misused();
  }

  async open(): Promise<void> {
    const engine = await borrowEngine(this.origin);
    // What the file sets up is undone as well, so that files can share the engine.
    this.#file = await openWorld(engine);
    await this.settings.setup?.(this.#file.driver);
    this.#base = this.#file.driver;
  }

  async begin(): Promise<void> {
    this.#test = await openWorld(this.#base ?? misused());
  }

  async end(): Promise<void> {
    await this.#test?.undo();
    this.#test = undefined;
  }

  async close(): Promise<void> {
    await this.#file?.undo();
    await returnEngine(this.origin);
  }
}

class CommittedTests implements Source {
  #driver: Driver | undefined;

  constructor(
    private readonly origin: Origin,
    private readonly settings: TestDatabaseSettings,
  ) {}

  get driver(): Driver {
    return this.#driver ?? misused();
  }

  async open(): Promise<void> {
    this.#driver = await openMigrated(this.origin);
    await this.settings.setup?.(this.#driver);
    await rememberBaseline(this.#driver);
  }

  async begin(): Promise<void> {}

  async end(): Promise<void> {
    await restoreBaseline(this.driver);
  }

  async close(): Promise<void> {
    await this.#driver?.close();
  }
}

function misused(): never {
  throw new HutchError('test_database_misused', {
    hint: 'Use it inside test(), beforeEach() or afterEach() of the file or describe() that called testDatabase().',
  });
}
