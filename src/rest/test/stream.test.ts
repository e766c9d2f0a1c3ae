import { describe, expect, test } from 'bun:test';
import { restHandler } from '../../http/pipeline.ts';
import type { RestSettings } from '../settings.ts';
import { steady, within } from '../stream/pace.ts';
import type { InsertProgress } from '../stream/progress.ts';
import { eachEngine, jsonOf, type RestBench, send, testSettings } from './app.ts';

const table = `CREATE TABLE api.readings (id int PRIMARY KEY, label text, doc json);
CREATE TABLE api.wide (id int PRIMARY KEY, filler text);
CREATE FUNCTION api.some_readings(lowest int DEFAULT 0) RETURNS SETOF api.readings STABLE LANGUAGE sql
  AS 'SELECT * FROM api.readings WHERE id >= lowest';
CREATE FUNCTION api.add_readings(n int) RETURNS SETOF api.readings LANGUAGE sql
  AS 'INSERT INTO api.readings SELECT g FROM generate_series(1, n) g RETURNING *';
CREATE VIEW api.broken AS SELECT n, 10 / (n - 50000) AS share FROM generate_series(1, 60000) n;
CREATE FUNCTION api.maybe() RETURNS SETOF int STABLE LANGUAGE sql AS 'VALUES (1), (NULL)';
CREATE VIEW api.huge AS SELECT n, repeat('x', 100000000) AS x FROM generate_series(1, 12) n;
GRANT ALL ON api.readings, api.wide, api.broken, api.huge TO rest_anon`;

const accept = { accept: 'application/x-ndjson' };

/** A body that comes in pieces which know nothing of lines. */
function pieces(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + size));
      at += size;
    },
  });
}

type Sent = ReadableStream<Uint8Array> | string;

const insert = async (bench: RestBench, type: string, body: Sent, prefer: string, query = '') =>
  bench.app().request(`/rest/v1/readings${query}`, { method: 'POST', headers: { 'content-type': type, prefer }, body });

const [ndjson, csv] = ['application/x-ndjson', 'text/csv'];
/** More than what is read at once. */
const LONG = 'x'.repeat(400);

const lines = (count: number, row: (n: number) => object): string =>
  Array.from({ length: count }, (_, n) => JSON.stringify(row(n))).join('\n');
const csvLines = (count: number, row: (n: number) => string): string =>
  ['id,label', ...Array.from({ length: count }, (_, n) => row(n))].join('\n');

eachEngine(
  'streams of rows',
  (bench) => {
    const idsBelow = async (id: number): Promise<number> => {
      const left = await send(bench(), { request: `GET /readings?select=count()&id=lt.${id}` });
      return (await jsonOf<{ count: number }[]>(left))[0]?.count ?? -1;
    };

    test('go in, any number in one transaction, and come out again', async () => {
      const rows = Array.from({ length: 12_000 }, (_, i) => ({
        id: i,
        label: `läbel ${i}\n"\\`,
        doc: { n: [i, null] },
      }));
      const text = rows.map((row) => JSON.stringify(row)).join('\n');
      const inserted = await insert(bench(), ndjson, pieces(text, 10_001), 'tx=commit, count=exact');
      expect([inserted.status, inserted.headers.get('content-range')]).toEqual([201, '*/12000']);
      const out = await send(bench(), { request: 'GET /readings?order=id&label=like.läbel*', headers: accept });
      expect(out.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
      const got = (await out.text()).trimEnd().split('\n');
      expect(got.map((line) => JSON.parse(line))).toEqual(rows);
    });

    test('go in as CSV, however long it is, by the rules of a short one', async () => {
      const text = csvLines(6_000, (n) => (n % 3 === 0 ? `-${n + 1},NULL` : `-${n + 1},"a ""q"",\nb${LONG}"`));
      const inserted = await insert(bench(), csv, pieces(text, 10_001), 'tx=commit, count=exact');
      expect([inserted.status, await inserted.text(), inserted.headers.get('content-range')]).toEqual([
        201,
        '',
        '*/6000',
      ]);
      const got = await send(bench(), { request: 'GET /readings?id=in.(-3,-4)&order=id&select=id,label' });
      expect(await got.json()).toEqual([
        { id: -4, label: null },
        { id: -3, label: `a "q",\nb${LONG}` },
      ]);
      const merged = await insert(bench(), csv, text, 'tx=commit, resolution=merge-duplicates');
      expect(merged.status).toBe(200);
      await send(bench(), { request: 'DELETE /readings?id=lt.0', headers: { prefer: 'tx=commit' } });
    });

    test('are filtered and shaped as ever', async () => {
      const out = await send(bench(), {
        request: "GET /films?select=id,directors(last_name)&or=(title.eq.it's \\ {x},id.lt.3)&order=id",
        headers: accept,
      });
      const got = (await out.text()).trimEnd().split('\n');
      expect(got.map((line) => JSON.parse(line))).toEqual([
        { id: 1, directors: { last_name: 'Lumière' } },
        { id: 2, directors: { last_name: 'Dickson' } },
      ]);
      const none = await send(bench(), { request: 'GET /films?id=eq.99', headers: accept });
      expect([none.status, await none.text()]).toEqual([200, '']);
    });

    test('fail as a whole, and say which line it was', async () => {
      const refused = async (type: string, body: string, prefer = 'tx=commit'): Promise<readonly unknown[]> => {
        const response = await insert(bench(), type, body, prefer);
        const { code, message, details } = await jsonOf<{ code: string; message: string; details: string }>(response);
        return [response.status, code, code === 'HUTCH108' ? message : details];
      };
      const unreadable = (line: number) => [400, 'HUTCH108', `Line ${line} of the body cannot be read`];
      const refusedCsv = (line: number) => [400, 'PGRST102', `Line ${line} of the body.`];
      expect(await refused(ndjson, '{"id": -1}\n{"id": -2\n')).toEqual(unreadable(2));
      expect(await refused(ndjson, '{"id": -1}\n\n{"id": -2, "label": "x"}')).toEqual(unreadable(3));
      expect(await refused(ndjson, '{"id": -1}\n[1]')).toEqual(unreadable(2));
      const deep = `{"id": -2, "doc": ${'{"a":'.repeat(300)}1${'}'.repeat(300)}}`;
      expect(await refused(ndjson, `{"id": -1}\n${deep}`)).toEqual(unreadable(2));
      expect(await refused(ndjson, '{"id": -1}', 'timezone=x')).toEqual([400, '22023', null]);
      expect((await refused(ndjson, '{"nope": 1}')).slice(0, 2)).toEqual([400, 'PGRST204']);
      const long = `{"id": "x", "label": "${LONG}"}`;
      const many = (bad: string) =>
        lines(11_000, (n) => ({ id: -1 - n, label: '' })).replace('{"id":-10345,"label":""}', bad);
      expect(await refused(ndjson, many('{"id":-7,"label":""}'))).toEqual([
        409,
        '23505',
        'Line 10345 of the body: Key (id)=(-7) already exists.',
      ]);
      expect(await refused(ndjson, many(long))).toEqual([400, '22P02', 'Line 10345 of the body.']);
      const upsert = 'tx=commit, resolution=merge-duplicates';
      expect(await refused(ndjson, '{"id":-1}\n{"id":-2}\n{"id":-1}', upsert)).toEqual([
        400,
        '21000',
        'Line 3 of the body.',
      ]);
      const rows = csvLines(5_000, (n) => (n === 10 ? `-11,"two\nlines"` : `-${n + 1},${LONG}`));
      expect(await refused(csv, rows.replace('-4000,', '-4000,x,').concat('\n1'))).toEqual(refusedCsv(5_003));
      expect(await refused(csv, rows.replace('-4000,', 'x,'))).toEqual([400, '22P02', 'Line 4002 of the body.']);
      expect(await refused(csv, rows.replace('-4000,', '-4000, "'))).toEqual(refusedCsv(4_002));
      const bytes = new Blob([rows, new Uint8Array([10, 255, 44, 120])]).stream();
      expect((await insert(bench(), csv, bytes, 'tx=commit')).status).toBe(400);
      expect(await idsBelow(0)).toBe(0);
    });

    test('come out as CSV: few as the dialect answers, many in the same form', async () => {
      const few = await send(bench(), {
        request: 'GET /films?select=id,title&id=lt.3&order=id',
        headers: { accept: csv },
      });
      expect([few.headers.get('content-range'), few.headers.get('etag') === null]).toEqual(['0-1/*', false]);
      expect((await few.text()).split('\n')[0]).toBe('id,title');
      const none = await send(bench(), { request: 'GET /films?id=eq.99', headers: { accept: csv } });
      expect([none.status, await none.text(), none.headers.get('content-range')]).toEqual([200, '\n', '*/*']);
      await bench().driver.script(
        `INSERT INTO api.wide SELECT n, E'a "b", \\\\ \\n' || chr(1) || chr(2) || repeat('x', 9000) FROM generate_series(1, 1100) n`,
      );
      const many = await send(bench(), { request: 'GET /wide?order=id&offset=1', headers: { accept: csv } });
      expect([many.status, many.headers.get('content-length'), many.headers.get('etag')]).toEqual([200, null, null]);
      const text = await many.text();
      const page = await send(bench(), { request: 'GET /wide?order=id&offset=1&limit=99', headers: { accept: csv } });
      expect(text.startsWith(await page.text())).toBe(true);
      expect([text.match(/x\d*"$/gm)?.length, text.endsWith('\n')]).toEqual([1_099, false]);
      const counted = await send(bench(), {
        request: 'GET /wide?offset=10&limit=1050',
        headers: { accept: csv, prefer: 'count=exact' },
      });
      expect([counted.status, counted.headers.get('content-range')]).toEqual([206, '10-1059/1100']);
      await counted.body?.cancel();
    });

    test('break off where a row in the middle fails', async () => {
      const request = 'GET /broken?n=gt.0';
      const { body } = await send(bench(), { request, headers: accept });
      const got: Uint8Array[] = [];
      const whole = async () => {
        for await (const piece of body ?? []) got.push(piece);
      };
      const ended = await whole().then(
        () => 'in good order',
        () => 'broken off',
      );
      expect(ended).toBe('broken off');
      expect(new TextDecoder().decode(Buffer.concat(got))).toStartWith('{"n":1,"share":');
      const csvToo = await send(bench(), { request, headers: { accept: csv } });
      expect([csvToo.status, await jsonOf(csvToo)]).toMatchObject([400, { code: '22012' }]);
    });

    test('come from functions, too', async () => {
      const read = async (request: string, body?: object, prefer = '') => {
        const response = await send(bench(), { request, headers: { ...accept, prefer }, body });
        return [response.status, (await response.text()).trimEnd()];
      };
      const some = 'GET /rpc/some_readings?lowest=5&id=lt.7&order=id.desc&select=id';
      expect(await read(some)).toEqual([200, '{"id":6}\n{"id":5}']);
      expect(await read('GET /rpc/film_years?limit=2')).toEqual([200, '1895\n1894']);
      expect(await read('GET /rpc/maybe')).toEqual([200, '1\nnull']);
      expect(await read('GET /rpc/one_film?select=id')).toEqual([200, '{"id":1}']);
      expect(await read('POST /rpc/add_them', { a: 1, b: 2 })).toEqual([200, '3']);
      await bench().driver.script('CREATE TABLE kept AS SELECT * FROM api.readings; TRUNCATE api.readings');
      expect(await read('POST /rpc/add_readings?select=id', { n: 2 })).toEqual([200, '{"id":1}\n{"id":2}']);
      expect(await idsBelow(9)).toBe(0);
      expect(await read('POST /rpc/add_readings?select=id', { n: 2 }, 'tx=commit')).toEqual([
        200,
        '{"id":1}\n{"id":2}',
      ]);
      expect(await idsBelow(9)).toBe(2);
      const guarded = await read('POST /rpc/add_readings', { n: 2 }, 'handling=strict, max-affected=1');
      expect(guarded[0]).toBe(406);
      await bench().driver.script(
        'TRUNCATE api.readings; INSERT INTO api.readings SELECT * FROM kept; DROP TABLE kept',
      );
    });

    test('pass the pre-request function like all requests', async () => {
      const settings: Partial<RestSettings> = { preRequest: { schema: 'api', name: 'check_request' } };
      const headers = { ...accept, 'x-forbidden': 'yes' };
      for (const request of ['GET /films', 'GET /rpc/best_films']) {
        const refused = await send(bench(), { request, headers, settings });
        expect([refused.status, await jsonOf(refused)]).toMatchObject([401, { code: '42501', hint: 'Not today' }]);
      }
      const sent = { 'content-type': ndjson, 'x-forbidden': 'yes' };
      const refused = await send(bench(), { request: 'POST /readings', headers: sent, body: '{"id":-1}', settings });
      expect(refused.status).toBe(401);
    });

    test('answer an error before the first row as an error', async () => {
      const wrong = await send(bench(), { request: 'GET /films?nope=eq.1', headers: accept });
      expect([wrong.status, await jsonOf(wrong)]).toMatchObject([400, { code: '42703' }]);
      const denied = await send(bench(), { request: 'GET /files', headers: accept });
      expect(denied.status).toBe(401);
      const mutation = await send(bench(), { request: 'POST /notes', headers: accept, body: { body: 'x' } });
      expect(mutation.status).toBe(406);
    });

    test.skipIf(process.env.HUTCH_TEST_LONG === undefined)(
      'are what to ask for where one JSON value would be too long',
      async () => {
        const refused = await send(bench(), { request: 'GET /huge' });
        const { code, hint } = await jsonOf<{ code: string; hint: string }>(refused);
        // the embedded engine runs out of memory sooner, depending on what it did before
        expect([`${refused.status} ${code}`, hint]).toEqual([
          expect.stringMatching(/^400 54000$|^503 53200$/),
          expect.stringContaining('x-ndjson'),
        ]);
        expect((await send(bench(), { request: 'GET /huge?select=n', headers: accept })).status).toBe(200);
      },
      120_000,
    );

    test.skipIf(process.env.HUTCH_TEST_LONG === undefined)(
      'take bounded memory, and tell how far they are',
      async () => {
        const { driver, catalog } = bench();
        await driver.script('TRUNCATE api.readings');
        const told: InsertProgress[] = [];
        const serve = restHandler({
          driver,
          catalog: () => catalog,
          settings: testSettings,
          auth: () => ({ role: 'rest_anon', claims: '{}', authenticated: false }),
          onProgress: (progress) => told.push(progress),
        });
        const count = 400_000;
        let peak = 0;
        let sent = 0;
        const body = new ReadableStream<Uint8Array>({
          async pull(controller) {
            await Bun.sleep(10); // a fast server would be done before there is anything to tell
            peak = Math.max(peak, process.memoryUsage.rss());
            if (sent >= count) return controller.close();
            const from = sent;
            sent += 1_000;
            const rows = lines(1_000, (n) => ({ id: -from - n, label: LONG }));
            controller.enqueue(new TextEncoder().encode(`${rows}\n`));
          },
        });
        Bun.gc(true);
        const before = process.memoryUsage.rss();
        const headers = { 'content-type': ndjson, prefer: 'tx=rollback' };
        const response = await serve(new Request('http://x/rest/v1/readings', { method: 'POST', headers, body }));
        expect(response.status).toBe(201);
        // the body has 180 MB; the embedded engine keeps its database in this process's memory
        if (driver.engine === 'postgres') expect(peak - before).toBeLessThan(150_000_000);
        expect(told.at(-1)).toMatchObject({ path: '/readings', rows: count, done: true });
      },
      600_000,
    );
  },
  table,
);

describe('a body that stalls', () => {
  test('is waited for so long, and then let go', async () => {
    let cancelled = false;
    const stalled = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array([1])),
      cancel: () => {
        cancelled = true;
      },
    });
    const seen: number[] = [];
    const reading = async () => {
      for await (const piece of steady(stalled, 50)) seen.push(piece.length);
    };
    const error = await reading().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 408, code: 'HUTCH111' });
    expect([seen, cancelled]).toEqual([[1], true]);
  });

  test('costs nothing where it comes in time', async () => {
    expect(await within(1_000, Promise.resolve(7), 'it')).toBe(7);
  });
});
