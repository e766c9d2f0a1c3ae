import { eq, inArray } from 'drizzle-orm';
import { type Cached, type CacheSettings, type CacheStats, cached, type Driver } from 'hutch';
import type { Db } from './db.ts';
import { courses } from './schema/courses.ts';
import { type Student, students, users } from './schema/people.ts';

export type NamedStudent = Student & { readonly name: string };

const CACHED = [users, students, courses];
/** The channel of `drizzle/objects/cache_news.sql`. */
const NEWS = 'cache_news';

/**
 * What is read often and changes rarely, from memory: this process's first, Redis's behind it where there is one
 * (`redisStore(url)`). It reads as the database's owner: who may see what is for the caller to decide.
 */
export class Repository {
  readonly #cache: Cached<Db>;

  constructor(db: Db, settings: CacheSettings = {}) {
    this.#cache = cached(db, { ttl: 60_000, ...settings });
  }

  /** Begins to drop what other processes, the API or psql have changed. Gives the way to stop. */
  async listen(driver: Pick<Driver, 'listen'>): Promise<() => Promise<void>> {
    const stop = await this.#cache.listen();
    const unlisten = await driver.listen(NEWS, (table) => void this.#cache.invalidate({ tables: table }));
    return async () => {
      await unlisten();
      await stop();
    };
  }

  async findStudentById(id: string): Promise<NamedStudent | undefined> {
    const [student] = await this.findStudentsById([id]);
    return student;
  }

  /** In the order of the ids; what is not cached is read in one statement for each table. */
  async findStudentsById(ids: readonly string[]): Promise<readonly (NamedStudent | undefined)[]> {
    const [found, named] = await Promise.all([
      this.#cache.rows(students, students.id, ids),
      this.#cache.rows(users, users.id, ids),
    ]);
    return found.map((student, i) => student && { ...student, name: named[i]?.name ?? '' });
  }

  /** Rarely changed: five minutes. */
  findActiveCourses() {
    const query = this.#cache.db.select().from(courses).where(eq(courses.active, true)).orderBy(courses.name);
    return query.$withCache({ config: { ex: 300 } });
  }

  /** Reads ahead what the first requests will ask for. */
  async warm(): Promise<void> {
    const current = await this.#cache.db
      .select({ id: students.id })
      .from(students)
      .where(inArray(students.status, ['enrolled', 'active']))
      .limit(1_000);
    await Promise.all([this.findStudentsById(current.map((it) => it.id)), this.findActiveCourses().execute()]);
  }

  /** Seldom needed: writes are heard of by themselves. */
  invalidateStudents = (): Promise<void> => this.#cache.invalidate({ tables: [students, users] });
  invalidateCourses = (): Promise<void> => this.#cache.invalidate({ tables: courses });
  flush = (): Promise<void> => this.#cache.invalidate({ tables: CACHED });

  stats(): CacheStats {
    return this.#cache.stats();
  }
}
