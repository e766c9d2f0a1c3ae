import { expect, test } from 'bun:test';
import { eachEngine, jsonOf, type RestBench, send } from './app.ts';

const table = `CREATE TABLE api.readings (id int PRIMARY KEY, label text, doc json);
GRANT ALL ON api.readings TO rest_anon`;

const ndjson = { 'content-type': 'application/x-ndjson' };
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

const insert = async (bench: RestBench, body: ReadableStream<Uint8Array> | string, prefer: string, query = '') =>
  bench.app().request(`/rest/v1/readings${query}`, { method: 'POST', headers: { ...ndjson, prefer }, body });

eachEngine(
  'streams of rows',
  (bench) => {
    test('go in, any number in one transaction, and come out again', async () => {
      const rows = Array.from({ length: 10_000 }, (_, i) => ({
        id: i,
        label: `läbel ${i}\n"\\`,
        doc: { n: [i, null] },
      }));
      const text = rows.map((row) => JSON.stringify(row)).join('\n');
      const inserted = await insert(bench(), pieces(text, 1_001), 'tx=commit, count=exact');
      expect([inserted.status, inserted.headers.get('content-range')]).toEqual([201, '*/10000']);
      const out = await send(bench(), { request: 'GET /readings?order=id&label=like.läbel*', headers: accept });
      expect(out.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
      const lines = (await out.text()).trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
    });

    test('are filtered and shaped as ever', async () => {
      const out = await send(bench(), {
        request: "GET /films?select=id,directors(last_name)&or=(title.eq.it's \\ {x},id.lt.3)&order=id",
        headers: accept,
      });
      const lines = (await out.text()).trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        { id: 1, directors: { last_name: 'Lumière' } },
        { id: 2, directors: { last_name: 'Dickson' } },
      ]);
      const none = await send(bench(), { request: 'GET /films?id=eq.99', headers: accept });
      expect([none.status, await none.text()]).toEqual([200, '']);
    });

    test('fail as a whole, and say which line it was', async () => {
      const refused = async (body: string) => {
        const response = await insert(bench(), body, 'tx=commit');
        const { code, message } = await jsonOf<{ code: string; message: string }>(response);
        return `${response.status} ${code} ${message}`;
      };
      expect(await refused('{"id": 20001}\n{"id": 20002\n')).toBe('400 HUTCH108 Line 2 of the body cannot be read');
      expect(await refused('{"id": 20001}\n\n{"id": 20002, "label": "x"}')).toBe(
        '400 HUTCH108 Line 3 of the body cannot be read',
      );
      expect(await refused('{"id": 20001}\n[1]')).toBe('400 HUTCH108 Line 2 of the body cannot be read');
      expect(await refused('{"id": 20001}\n{"id": 20001}')).toStartWith('409 23505');
      expect(await refused('{"nope": 1}')).toStartWith('400 PGRST204');
      const left = await send(bench(), { request: 'GET /readings?id=gt.20000' });
      expect(await left.json()).toEqual([]);
    });

    test('answer an error before the first row as an error', async () => {
      const wrong = await send(bench(), { request: 'GET /films?nope=eq.1', headers: accept });
      expect([wrong.status, await jsonOf(wrong)]).toMatchObject([400, { code: '42703' }]);
      const denied = await send(bench(), { request: 'GET /files', headers: accept });
      expect(denied.status).toBe(401);
      const mutation = await send(bench(), { request: 'POST /notes', headers: accept, body: { body: 'x' } });
      expect(mutation.status).toBe(406);
    });
  },
  table,
);
