import { describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { redisStore } from 'hutch';
import { Repository } from '../src/repository.ts';
import { courses } from '../src/schema/courses.ts';
import { students, users } from '../src/schema/people.ts';
import { ADA, ALGEBRA, EMMY, GRACE, schoolDatabase } from './database.ts';

/** News of changes comes with commits. */
const { db, driver } = schoolDatabase({ commits: true });

const statements = async (work: () => Promise<unknown>): Promise<number> => {
  let count = 0;
  const stop = driver.observe(({ text }) => void (/^select/i.test(text) && count++));
  await work();
  stop();
  return count;
};

/** Waits for news, which comes a moment after the commit. */
async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 30_000; !(await check()); await Bun.sleep(10)) {
    if (performance.now() > end) throw new Error('It did not come about');
  }
}

describe('Cached Repository Pattern', () => {
  test('the first call hits the database, subsequent ones do not', async () => {
    const repository = new Repository(db);
    const find = () => repository.findStudentById(ADA);
    expect(await statements(find)).toBe(2); // the student, and the user they are
    expect(await statements(find)).toBe(0);
    expect(await find()).toMatchObject({ name: 'Ada Lovelace', studentNumber: 'S-1' });
    expect(await repository.findStudentById(EMMY)).toBeUndefined();
  });

  test('Batch operations: what is missing is read at once', async () => {
    const repository = new Repository(db);
    await repository.findStudentById(ADA);
    const ids = [GRACE, ADA, EMMY];
    expect(await statements(() => repository.findStudentsById(ids))).toBe(2);
    const found = await repository.findStudentsById(ids);
    expect(found.map((it) => it?.name)).toEqual(['Grace Hopper', 'Ada Lovelace', undefined]);
  });

  test('Implement Caching Strategically: courses for five minutes', async () => {
    const repository = new Repository(db);
    const names = async () => (await repository.findActiveCourses()).map((it) => it.name);
    expect(await names()).toEqual(['Algebra', 'Poetry']);
    expect(await statements(names)).toBe(0);
  });

  test('Automatic cache invalidation: whoever changes it, in whichever process', async () => {
    const repository = new Repository(db);
    const stop = await repository.listen(driver);
    const name = async () => (await repository.findStudentById(ADA))?.name;
    await name();
    await db.update(users).set({ name: 'Ada King' }).where(eq(users.id, ADA));
    await eventually(async () => (await name()) === 'Ada King');
    await repository.findActiveCourses();
    await driver.script(`update courses set active = false where id = '${ALGEBRA}'`); // as psql would
    await eventually(async () => (await repository.findActiveCourses()).length === 1);
    await stop();
  });

  test('Clear specific cache patterns, and all', async () => {
    const repository = new Repository(db);
    const find = () => repository.findStudentById(ADA);
    const list = () => repository.findActiveCourses().execute();
    await Promise.all([find(), list()]);
    await repository.invalidateStudents();
    expect([await statements(find), await statements(list)]).toEqual([2, 0]);
    await repository.invalidateCourses();
    expect([await statements(find), await statements(list)]).toEqual([0, 1]);
    await repository.flush();
    expect([await statements(find), await statements(list)]).toEqual([2, 1]);
  });

  test('Cache warming: afterwards nothing is read', async () => {
    const repository = new Repository(db);
    await repository.warm();
    const read = async () => {
      await repository.findStudentsById([ADA, GRACE]);
      await repository.findActiveCourses();
    };
    expect(await statements(read)).toBe(0);
  });

  test('Cache statistics', async () => {
    const repository = new Repository(db);
    for (let i = 0; i < 4; i++) await repository.findActiveCourses();
    expect(repository.stats()).toMatchObject({ hits: 3, misses: 1, rate: 0.75, away: false, invalidations: 0 });
    expect(repository.stats().memory).toBeGreaterThan(0);
  });

  test('what a rolled-back transaction wrote is nobody’s news', async () => {
    const repository = new Repository(db);
    const stop = await repository.listen(driver);
    await repository.findActiveCourses();
    await db
      .transaction(async (tx) => {
        await tx.update(courses).set({ active: false });
        tx.rollback();
      })
      .catch(() => undefined);
    await db.update(students).set({ gradeLevel: 'Grade 8' }).where(eq(students.id, ADA));
    await eventually(async () => repository.stats().invalidations > 0);
    expect(repository.stats().invalidations).toBe(1);
    await stop();
  });
});

const redis = Bun.which('redis-server') ?? Bun.which('valkey-server');
const why = redis ? '' : ' (skipped: redis-server is not installed)';

function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } });
  probe.stop();
  return probe.port;
}

async function listens(port: number): Promise<boolean> {
  const connecting = Bun.connect({ hostname: '127.0.0.1', port, socket: { data: () => {} } });
  const socket = await connecting.catch(() => undefined);
  socket?.end();
  return socket !== undefined;
}

describe.skipIf(!redis)(`Multi-tier caching with Redis${why}`, () => {
  test('a second process finds what the first has read, and hears what it changes', async () => {
    const port = freePort();
    const stdio: ['ignore', 'ignore', 'ignore'] = ['ignore', 'ignore', 'ignore'];
    const server = Bun.spawn([redis ?? '', '--port', `${port}`, '--save', '', '--bind', '127.0.0.1'], { stdio });
    const stores = [0, 1].map(() => redisStore(`redis://127.0.0.1:${port}`));
    try {
      await eventually(() => listens(port));
      const [first, second] = stores.map((shared) => new Repository(db, { shared }));
      const stop = await second?.listen(driver);
      await first?.findActiveCourses();
      expect(await statements(async () => second?.findActiveCourses())).toBe(0);
      expect(second?.stats()).toMatchObject({ sharedHits: 1, misses: 0 });
      await first?.invalidateCourses();
      await eventually(async () => (second?.stats().invalidations ?? 0) > 0);
      expect(await statements(async () => second?.findActiveCourses())).toBe(1);
      await stop?.();
    } finally {
      for (const store of stores) store.close();
      server.kill();
      await server.exited;
    }
  });

  test('without it the application goes on, and says so once', async () => {
    const said: unknown[] = [];
    const shared = redisStore('redis://127.0.0.1:1');
    const repository = new Repository(db, { shared, onAway: (error) => said.push(error) });
    for (let i = 0; i < 3; i++) expect(await repository.findActiveCourses()).toHaveLength(2);
    expect(said).toHaveLength(1);
    shared.close();
  });
});
