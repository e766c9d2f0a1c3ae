import { expect, test } from 'bun:test';
import { eachEngine, jsonOf, type RestBench, send } from './app.ts';

const papers = `
CREATE TABLE api.writers (id int PRIMARY KEY, name text NOT NULL, town text);
INSERT INTO api.writers SELECT n, 'writer ' || n, 'town ' || n % 4 FROM generate_series(1, 3000) n;
CREATE TABLE api.papers (id int PRIMARY KEY, rank int NOT NULL, writer int REFERENCES api.writers, facts jsonb, secret text);
INSERT INTO api.papers SELECT n, n * 7 % 5, nullif(1 + n * 31 % 61, 61), jsonb_build_object('size', n * 11 % 6), 'secret'
FROM generate_series(1, 3000) n;
CREATE TABLE api.remarks (id int PRIMARY KEY, paper int NOT NULL REFERENCES api.papers, stars int, text text);
INSERT INTO api.remarks SELECT n, 1 + n * 13 % 2500, n % 3, 'remark ' || n FROM generate_series(1, 6000) n;
CREATE INDEX ON api.remarks (paper);
CREATE TABLE api.answers (id int PRIMARY KEY, remark int NOT NULL REFERENCES api.remarks, text text);
INSERT INTO api.answers SELECT n, n, 'answer ' || n FROM generate_series(1, 6000) n;
CREATE INDEX ON api.answers (remark);
CREATE TABLE api.labels (id int PRIMARY KEY, name text);
INSERT INTO api.labels SELECT n, 'label ' || n FROM generate_series(1, 9) n;
CREATE TABLE api.paper_labels (paper int REFERENCES api.papers, label int REFERENCES api.labels, PRIMARY KEY (paper, label));
INSERT INTO api.paper_labels SELECT n, 1 + (n + k) % 9 FROM generate_series(1, 3000) n, generate_series(1, 2) k;
CREATE VIEW api.ranked AS SELECT id, rank, writer FROM api.papers;
CREATE VIEW api.named AS SELECT id, name FROM api.writers;
CREATE FUNCTION api.motto(api.papers) RETURNS text STABLE LANGUAGE sql AS $$ SELECT 'motto ' || $1.id % 4 $$;
CREATE FUNCTION api.neighbours(api.papers) RETURNS SETOF api.papers STABLE LANGUAGE sql
AS $$ SELECT * FROM api.papers WHERE id BETWEEN $1.id + 1 AND $1.id + 2 $$;
CREATE FUNCTION api.ranked_at(at int) RETURNS SETOF api.papers STABLE LANGUAGE sql AS $$ SELECT * FROM api.papers WHERE rank = at $$;
ANALYZE;
GRANT SELECT ON ALL TABLES IN SCHEMA api TO rest_anon;
GRANT SELECT ON api.writers, api.remarks TO rest_author;
GRANT SELECT (id, rank, writer) ON api.papers TO rest_author`;

const EMBEDS = [
  'writers(name)',
  'writers(*),remarks(id,text)',
  'remarks(stars,answers(text))',
  'labels(name)',
  '...writers(name,town)',
  '...remarks(texts:text)',
  'neighbours(id)',
  'author:writers(name),labels(id),...remarks(stars)',
  'writers()',
] as const;
const ORDERS = ['rank', 'rank.desc.nullslast,id', 'facts->>size,rank', 'motto,rank', 'id.desc', ''] as const;

type Row = Readonly<Record<string, unknown>> & { readonly id: number };

async function rows(bench: RestBench, path: string): Promise<readonly Row[]> {
  const response = await send(bench, { request: `GET ${path}` });
  const body = await jsonOf<readonly Row[]>(response);
  expect(`${response.status} ${response.status === 200 ? '' : JSON.stringify(body)}`).toBe('200 ');
  return body;
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Node[];
}

/** All nodes of what really ran. */
async function ran(bench: RestBench, path: string, prefer = ''): Promise<readonly Node[]> {
  const accept = 'application/vnd.pgrst.plan+json; options=analyze';
  const response = await send(bench, { request: `GET ${path}`, headers: { accept, prefer } });
  const [explained] = await jsonOf<readonly { readonly Plan: Node }[]>(response);
  const all = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(all)];
  return explained === undefined ? [] : all(explained.Plan);
}

/** Rows read of a table. */
const readOf = (nodes: readonly Node[], table: string): number =>
  nodes.reduce(
    (sum, node) => sum + (node['Relation Name'] === table ? node['Actual Rows'] * node['Actual Loops'] : 0),
    0,
  );

eachEngine(
  'a page with embeds',
  (bench) => {
    for (const embeds of EMBEDS) {
      test(`has the rows of the page without, in their order, each with what belongs to it: ${embeds}`, async () => {
        const whole = new Map((await rows(bench(), `/papers?select=id,${embeds}`)).map((row) => [row.id, row]));
        for (const order of ORDERS) {
          const range = `${order === '' ? '' : `&order=${order}`}&limit=9&offset=700`;
          const alone = await rows(bench(), `/papers?select=id${range}`);
          const page = await rows(bench(), `/papers?select=id,${embeds}${range}`);
          expect(page.map(({ id }) => id)).toEqual(alone.map(({ id }) => id));
          for (const row of page) expect(row).toEqual(whole.get(row.id) ?? row);
          expect(page.length).toBe(9);
        }
      });
    }

    test('shows all columns, and computed ones beside them', async () => {
      const [row] = await rows(bench(), '/papers?select=*,writers(id)&order=rank,id&limit=1');
      expect(row).toEqual({ id: 5, rank: 0, writer: 34, facts: { size: 1 }, secret: 'secret', writers: { id: 34 } });
      const [computed] = await rows(bench(), '/papers?select=*,motto,writers(id)&order=motto.desc,id&limit=1');
      expect(computed).toMatchObject({ id: 3, motto: 'motto 3', secret: 'secret' });
      const [hidden] = await rows(bench(), '/papers?select=id,neighbours(id)&order=motto.desc,id&limit=1');
      expect(hidden).toEqual({ id: 3, neighbours: [{ id: 4 }, { id: 5 }] });
      const [cast] = await rows(
        bench(),
        '/papers?select=n:id::text,facts->size,motto,writers(id)&order=motto.desc,id&limit=1',
      );
      expect(cast as unknown).toEqual({ n: '3', size: 3, motto: 'motto 3', writers: { id: 33 } });
    });

    test('computes embeds for its rows alone, however they are ordered and wherever it begins', async () => {
      const select = 'select=id,writers(name),remarks(text)';
      for (const range of [
        'order=rank&limit=5',
        'order=id&limit=5&offset=2000',
        'order=facts->>size&limit=5&offset=1',
      ]) {
        for (const source of ['papers', 'ranked', 'rpc/ranked_at?at=1&']) {
          if (source === 'ranked' && range.includes('facts')) continue;
          const nodes = await ran(bench(), `/${source}${source.includes('?') ? '' : '?'}${select}&${range}`);
          expect([range, source, readOf(nodes, 'writers') <= 5, readOf(nodes, 'remarks') <= 50]).toEqual([
            range,
            source,
            true,
            true,
          ]);
        }
      }
      const capped = await send(bench(), { request: `GET /papers?${select}`, settings: { maxRows: 4 } });
      expect((await jsonOf<readonly Row[]>(capped)).length).toBe(4);
    });

    test('does so within an embed that has a limit', async () => {
      const path = '/writers?select=id,papers(id,remarks(text))&papers.order=rank,id&papers.limit=2&order=id&limit=3';
      const nodes = await ran(bench(), path);
      expect(readOf(nodes, 'remarks')).toBeLessThanOrEqual(3 * 2 * 4);
      const whole = '/writers?select=id,papers(id,remarks(text))&papers.order=rank,id&order=id&limit=3';
      const expected = (await rows(bench(), whole)).map((row) => ({
        ...row,
        papers: (row.papers as unknown[]).slice(0, 2),
      }));
      expect(await rows(bench(), path)).toEqual(expected);
    });

    test('reads by keys in order, and sorts nothing', async () => {
      const nodes = await ran(bench(), '/papers?select=id,rank,writers(name),remarks(text)&order=id&limit=50');
      const kinds = nodes.map((node) => node['Node Type']);
      expect(kinds.filter((kind) => /Sort|Hash/.test(kind))).toEqual([]);
      expect(readOf(nodes, 'papers')).toBe(50);
    });

    test('asks for the next page without them', async () => {
      const nodes = await ran(bench(), '/papers?select=id,remarks(text)&order=rank&limit=5', 'cursor');
      expect(readOf(nodes, 'remarks')).toBeLessThanOrEqual(50);
    });

    test('needs no more of its table than a role is granted', async () => {
      const ask = async (select: string) => {
        const request = `GET /papers?select=${select},writers(name)&order=rank,id&limit=2`;
        return (await send(bench(), { request, as: 'rest_author' })).status;
      };
      expect(await Promise.all(['id', 'rank', 'id,secret', '*'].map(ask))).toEqual([200, 200, 403, 403]);
    });

    test('counts, and is cut, by its own rows', async () => {
      for (const count of ['exact', 'planned', 'estimated']) {
        const request = 'GET /papers?select=id,remarks(id)&order=rank&limit=3&offset=6&id=lte.100';
        const response = await send(bench(), { request, headers: { prefer: `count=${count}` } });
        expect(response.headers.get('content-range')).toMatch(count === 'planned' ? /^6-8\/\d+$/ : '6-8/100');
      }
    });

    test('is what an embed leaves of the rows, where one decides', async () => {
      const ids = async (query: string) => (await rows(bench(), `/papers?${query}`)).map(({ id }) => id);
      const at = 'order=id&limit=2&offset=1';
      expect(await ids(`select=id,remarks!inner(id)&remarks.id=in.(1,2,3)&${at}`)).toEqual([27, 40]);
      expect(await ids(`select=id,remarks(id)&remarks.id=in.(1,2,3)&remarks=not.is.null&${at}`)).toEqual([27, 40]);
      expect(await ids(`select=id,writers(id)&writers=is.null&${at}`)).toEqual([120, 181]);
      expect(await ids(`select=id,writers(id)&or=(writers.is.null,id.eq.60)&${at}`)).toEqual([60, 120]);
      expect(await ids('select=id,writers(id)&order=writers(id).desc.nullslast,id&limit=2')).toEqual([57, 118]);
      const groups = await rows(bench(), '/papers?select=...writers(town),count()&limit=2');
      expect(groups.length).toBe(2);
      expect(groups.every(({ count }) => Number(count) > 1)).toBe(true);
    });
  },
  papers,
);
