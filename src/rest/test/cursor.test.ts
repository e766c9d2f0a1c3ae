import { expect, test } from 'bun:test';
import { eachEngine, jsonOf, type RestBench, send } from './app.ts';

const people = `
CREATE TABLE api.people (id int PRIMARY KEY, name text, age int, born timestamptz NOT NULL);
INSERT INTO api.people SELECT n, nullif('name ' || n % 4, 'name 3'), nullif(n % 5, 0), '2024-01-01'::timestamptz + n % 7 * interval '1.5 s'
FROM generate_series(1, 40) n;
GRANT ALL ON api.people TO rest_anon;
CREATE TABLE api.far (id int PRIMARY KEY, score int, person int REFERENCES api.people);
INSERT INTO api.far SELECT n, nullif(n % 10, 0), 1 + n % 40 FROM generate_series(1, 5000) n;
CREATE INDEX ON api.far (score DESC, id);
ANALYZE api.far;
GRANT ALL ON api.far TO rest_anon`;

const nextOf = (response: Response): string | undefined =>
  /^<(\?[^>]*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];

/** Follows the links to the end; the ids of all pages. */
async function walk(bench: RestBench, query: string): Promise<{ ids: number[]; pages: number }> {
  const ids: number[] = [];
  let next: string | undefined = `?${query}`;
  let pages = 0;
  while (next !== undefined && pages < 50) {
    const response = await send(bench, { request: `GET /people${next}`, headers: { prefer: 'cursor' } });
    const rows = await jsonOf<{ id: number }[]>(response);
    expect(`${response.status} ${response.status === 200 ? '' : JSON.stringify(rows)}`).toBe('200 ');
    ids.push(...rows.map((row) => row.id));
    next = nextOf(response);
    pages++;
  }
  return { ids, pages };
}

const orders = [
  '',
  'id.desc',
  'name',
  'name.desc',
  'name.nullsfirst,age.desc',
  'age.desc.nullslast,name,id',
  'born.desc,id.desc',
  'born,age.nullsfirst',
];

eachEngine(
  'cursors',
  (bench) => {
    for (const order of orders) {
      test(`walk every row once, ordered by ${order || 'the key'}`, async () => {
        const ordered = order === '' ? 'id' : order.includes('id') ? order : `${order},id`;
        const whole = await send(bench(), { request: `GET /people?select=id&order=${ordered}` });
        const expected = (await jsonOf<{ id: number }[]>(whole)).map((row) => row.id);
        const walked = await walk(bench(), `select=id&limit=7${order === '' ? '' : `&order=${order}`}`);
        expect(walked).toEqual({ ids: expected, pages: 6 });
      });
    }

    test('keep filters, and columns that are not shown', async () => {
      const { ids } = await walk(bench(), 'select=id&age=gt.2&order=name.desc&limit=3');
      expect(ids.length).toBe(16);
      expect(new Set(ids).size).toBe(16);
    });

    test('read no more rows than they show, in mixed directions, far from the beginning', async () => {
      for (const order of ['score.desc,id', 'score,id.desc']) {
        const prefer = 'cursor';
        const first = await send(bench(), { request: `GET /far?order=${order}&limit=1000`, headers: { prefer } });
        let next = nextOf(first);
        for (let far = 1; far < 5; far++) {
          const path = (next ?? '').replace('limit=1000', 'limit=10');
          const accept = 'application/vnd.pgrst.plan+json; options=analyze';
          const plan = await (await send(bench(), { request: `GET /far${path}`, headers: { prefer, accept } })).text();
          expect([...plan.matchAll(/"Node Type": "(Seq Scan|Sort|Bitmap[^"]*)"/g)].map(([, node]) => node)).toEqual([]);
          const read = [...plan.matchAll(/"Relation Name": "far"[^}]*?"Actual Rows": (\d+)/g)];
          expect(read.length).toBeGreaterThan(0);
          // The page, and its last row for the next cursor.
          expect(read.reduce((sum, [, rows]) => sum + Number(rows), 0)).toBeLessThanOrEqual(20);
          next = nextOf(await send(bench(), { request: `GET /far${next}`, headers: { prefer } }));
        }
      }
    });

    test('go with embeds, and without a limit', async () => {
      const { ids } = await walk(bench(), 'select=id,far(id)&order=age.desc,name&limit=9');
      expect(new Set(ids).size).toBe(40);
      const headers = { prefer: 'cursor' };
      const first = await send(bench(), { request: 'GET /people?select=id&order=age.desc,name&limit=9', headers });
      const rest = await send(bench(), { request: `GET /people${nextOf(first)?.replace('limit=9', '')}`, headers });
      expect((await jsonOf<{ id: number }[]>(rest)).map(({ id }) => id)).toEqual(ids.slice(9));
    });

    test('say so where they are impossible', async () => {
      const ask = async (request: string) => {
        const response = await send(bench(), { request, headers: { prefer: 'cursor' } });
        return `${response.status} ${(await jsonOf<{ code?: string }>(response)).code}`;
      };
      expect(await ask('GET /keyless?limit=1')).toBe('400 HUTCH103');
      expect(await ask('GET /people?limit=1&offset=2')).toBe('400 HUTCH103');
      expect(await ask('GET /people?limit=1&cursor=nonsense')).toBe('400 HUTCH102');
      const first = await send(bench(), { request: 'GET /people?limit=1&order=name', headers: { prefer: 'cursor' } });
      const token = /cursor=([\w-]+)/.exec(first.headers.get('link') ?? '')?.[1];
      expect(await ask(`GET /people?limit=1&order=name&cursor=${token}`)).toBe('200 undefined');
      expect(await ask(`GET /people?limit=1&order=age&cursor=${token}`)).toBe('400 HUTCH102');
    });

    test('count all rows, not those that are left', async () => {
      const headers = { prefer: 'cursor, count=exact' };
      const first = await send(bench(), { request: 'GET /people?select=id&limit=9', headers });
      const next = /^<([^>]*)>/.exec(first.headers.get('link') ?? '')?.[1];
      const second = await send(bench(), { request: `GET /people${next}`, headers });
      expect(first.headers.get('content-range')).toBe('0-8/40');
      expect(second.headers.get('content-range')).toBe('0-8/40');
      expect(second.headers.get('preference-applied')).toBe('count=exact, cursor');
    });
  },
  people,
);
