import { describe, expect, test } from 'bun:test';
import { engines, pgliteInWorker } from '../../db/test/engines.ts';
import { Hold } from '../stream/hold.ts';
import { eachEngine, type RestBench, send } from './app.ts';

const table = `CREATE TABLE api.readings (id int PRIMARY KEY, label text);
CREATE VIEW api.long AS SELECT n, repeat('x', 10000) AS filler FROM generate_series(1, 3000) n;
GRANT ALL ON api.readings, api.long TO rest_anon`;

const ndjson = 'application/x-ndjson';

/** Milliseconds in which others are to be served on a busy machine; a slow client has more than that. */
const SOON = 15_000;

const after = <T>(milliseconds: number, value: T): Promise<T> => Bun.sleep(milliseconds).then(() => value);

const inTime = <T>(work: Promise<T>): Promise<T | 'too late'> => Promise.race([work, after(SOON, 'too late' as const)]);

eachEngine(
  'a slow client',
  (bench) => {
    /** As many requests as there are connections: one would find a free one. */
    const others = ({ driver, ...rest }: RestBench) =>
      Array.from({ length: driver.stats().size }, () =>
        send({ driver, ...rest }, { request: 'GET /readings?id=eq.0' }),
      );

    test('of a long answer keeps nobody else waiting, and gets all of it in the end', async () => {
      const { driver } = bench();
      const slow = Array.from({ length: driver.stats().size }, () =>
        send(bench(), { request: 'GET /long', headers: { accept: ndjson } }),
      );
      const readers = (await Promise.all(slow)).map(({ body }) => body?.getReader());
      const begun = await Promise.all(readers.map((reader) => reader?.read()));
      const served = await inTime(Promise.all(others(bench())));
      expect(served === 'too late' ? served : served.map(({ status }) => status)).toEqual(begun.map(() => 200));
      const [reader] = readers;
      let length = begun[0]?.value?.length ?? 0;
      for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
        length += next.value.length;
      expect(length).toBeGreaterThan(30_000_000);
      await Promise.all(readers.slice(1).map((other) => other?.cancel()));
    });

    test('who sends rows keeps nobody else waiting, and has them inserted in the end', async () => {
      const text = Array.from({ length: 25_000 }, (_, id) => JSON.stringify({ id: id + 1, label: 'late' })).join('\n');
      const bytes = new TextEncoder().encode(text);
      const goesOn = Promise.withResolvers<void>();
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          controller.enqueue(bytes.subarray(0, bytes.length - 10));
          await goesOn.promise;
          controller.enqueue(bytes.subarray(-10));
          controller.close();
        },
      });
      const headers = { 'content-type': ndjson, prefer: 'tx=commit, count=exact' };
      const inserting = bench().app().request('/rest/v1/readings', { method: 'POST', headers, body });
      await Bun.sleep(300);
      const [first] = others(bench());
      const served = await inTime(Promise.resolve(first));
      expect(served === 'too late' ? served : served?.status).toBe(200);
      goesOn.resolve();
      const inserted = await inserting;
      expect([inserted.status, inserted.headers.get('content-range')]).toEqual([201, '*/25000']);
    });
  },
  table,
  [pgliteInWorker, ...engines().filter(({ name }) => name === 'postgres')],
);

describe('a client whom a connection waits for', () => {
  const waiting = async (othersWait: () => boolean, client: Promise<string>) =>
    new Hold(othersWait, 20).during(client, 'The next rows').catch((error: unknown) => error);

  test('may take his time while nobody else wants it', async () => {
    expect(await waiting(() => false, after(100, 'came'))).toBe('came');
  });

  test('may not where others do', async () => {
    const error = await waiting(() => true, after(2_000, 'came'));
    expect(error).toMatchObject({ status: 408, code: 'HUTCH111' });
  });

  test('has his time in all, not for each part', async () => {
    const hold = new Hold(() => true, 150);
    const parts = async function* () {
      for (let part = 0; ; part++) {
        await Bun.sleep(60);
        yield part;
      }
    };
    const came: number[] = [];
    const taking = async () => {
      for await (const part of hold.each(parts(), 'The next rows')) came.push(part);
    };
    expect(await taking().catch((error: unknown) => error)).toMatchObject({ code: 'HUTCH111' });
    expect(came.length).toBeLessThan(4);
  });
});
