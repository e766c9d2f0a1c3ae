import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import {
  type Actor,
  DatabaseError,
  type Driver,
  type Observation,
  type RunOptions,
  type Statement,
} from '../driver.ts';
import { engines, freshDatabase } from './engines.ts';
import { eventually } from './eventually.ts';

setDefaultTimeout(60_000);

const ANN: Actor = { settings: { 'app.user': 'ann' } };
const BOB: Actor = { settings: { 'app.user': 'bob' } };

/** What tells one transaction from another, who acts in it, and a quotient that may not be there. */
const read = (divisor = 1): Statement => ({
  text: `SELECT virtualtransaction, current_setting('app.user', true), 6 / $1::int FROM pg_locks
    WHERE locktype = 'virtualxid' AND pid = pg_backend_pid()`,
  params: [String(divisor)],
});

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`reads that wait on ${engine.name}`, () => {
    let driver: Driver & AsyncDisposable;
    beforeAll(async () => {
      driver = await freshDatabase(engine, { poolSize: 1 });
      await driver.script('CREATE TABLE item (id int)');
      // only what is known to be quick goes with others
      for (let time = 0; time < 30; time++) await go(read(), ANN);
    });
    afterAll(() => driver.close());

    const go = async (statement: Statement, actor: Actor, options: RunOptions & { together?: boolean } = {}) => {
      const [result] = await driver.batch([statement], { together: true, ...options, actor, readOnly: true });
      return result?.rows[0] ?? [];
    };
    /** Runs them while the only connection is taken, so that all wait. */
    const queued = async <T>(work: () => readonly Promise<T>[], seconds = 0.05) => {
      const busy = driver.query({ text: `SELECT pg_sleep(${seconds})` });
      const settled = Promise.allSettled(work());
      await busy;
      return settled;
    };
    const rowsOf = (settled: readonly PromiseSettledResult<readonly (string | null)[]>[]) =>
      settled.map((one) => (one.status === 'fulfilled' ? one.value : []));
    const transactions = (rows: readonly (readonly (string | null)[])[]) =>
      new Set(rows.map(([transaction]) => transaction)).size;

    /** What a busy machine makes slow goes alone, so this is tried until they go in as few transactions as they should. */
    const quickly = async (expected: number, work: () => readonly Promise<readonly (string | null)[]>[]) => {
      let rows: readonly (readonly (string | null)[])[] = [];
      await eventually(async () => {
        await go(read(), ANN);
        rows = rowsOf(await queued(work));
        return transactions(rows) === expected;
      });
      return rows;
    };

    test('go together, some at a time, each with its own result', async () => {
      const divisors = [1, 2, 3, 6, 1, 2, 3, 6, 1, 2];
      const rows = await quickly(2, () => divisors.map((divisor) => go(read(divisor), ANN)));
      expect(rows.map((row) => row.slice(1))).toEqual(divisors.map((divisor) => ['ann', String(6 / divisor)]));
    });

    test('of several actors are each with their own', async () => {
      const rows = await quickly(2, () => [ANN, BOB, ANN, BOB].map((actor) => go(read(), actor)));
      expect(rows.map(([, user]) => user)).toEqual(['ann', 'bob', 'ann', 'bob']);
    });

    test('go alone unless they say that they may have company', async () => {
      const rows = rowsOf(await queued(() => [1, 2, 3].map((divisor) => go(read(divisor), ANN, { together: false }))));
      expect(transactions(rows)).toBe(3);
    });

    test('go alone where nobody knows yet how long they take', async () => {
      const unknown = (): Statement => ({ ...read(), text: `${read().text} AND true` });
      const rows = rowsOf(await queued(() => [1, 2, 3].map(() => go(unknown(), ANN))));
      expect(transactions(rows)).toBe(3);
    });

    test('fail each for itself', async () => {
      const settled = await queued(() => [1, 0, 3, 0].map((divisor) => go(read(divisor), ANN)));
      expect(rowsOf(settled).map(([, , quotient]) => quotient)).toEqual(['6', undefined, '2', undefined]);
      const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      expect(errors.map((error) => error instanceof DatabaseError && error.code)).toEqual(['22012', '22012']);
    });

    test('write nothing', async () => {
      const write = { text: 'INSERT INTO item VALUES (1) RETURNING id' };
      const settled = await queued(() => [go(write, ANN), go(write, ANN)]);
      expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect((await driver.query({ text: 'SELECT FROM item' })).count).toBe(0);
    });

    test('are not sent for who has hung up meanwhile', async () => {
      const gone = { hangUp: () => AbortSignal.abort() };
      const settled = await queued(() => [go(read(), ANN), go(read(), ANN, gone), go(read(), ANN)], 0.2);
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    });

    test('are observed each by its own label', async () => {
      const seen: Observation[] = [];
      const stop = driver.observe((observation) => seen.push(observation));
      await quickly(1, () => ['a', 'b', 'c'].map((label) => go(read(), ANN, { label })));
      stop();
      const together = seen.filter(({ text, shared }) => text === read().text && shared > 1).slice(-3);
      expect(together.map(({ label, rows }) => [label, rows])).toEqual(['a', 'b', 'c'].map((label) => [label, 1]));
    });

    test('wait for company, short as they are, though there are connections for all', async () => {
      await using wide = await freshDatabase(engine, { poolSize: 20 });
      const [tiny, options] = [
        { text: 'SELECT txid_current_snapshot()' },
        { actor: ANN, readOnly: true, together: true },
      ];
      for (let time = 0; time < 30; time++) await wide.batch([tiny], options);
      let shared: number[] = [];
      wide.observe((observation) => observation.text === tiny.text && shared.push(observation.shared));
      await eventually(async () => {
        shared = [];
        await Promise.all(Array.from({ length: 60 }, () => wide.batch([tiny], options)));
        expect(shared).toHaveLength(60);
        return Math.max(...shared) === 8;
      });
    });

    test('see what was written before they came', async () => {
      const count = { text: 'SELECT count(*) FROM item' };
      for (let time = 0; time < 10; time++) await go(count, ANN);
      const rows = rowsOf(
        await queued(() => {
          const written = driver.query({ text: 'INSERT INTO item VALUES (7)' }).then(() => go(count, ANN));
          return [go(count, ANN), written, go(count, ANN)];
        }),
      );
      expect(rows[1]).toEqual(['1']);
    });
  });
}
