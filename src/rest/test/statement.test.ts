import { expect, test } from 'bun:test';
import { eachEngine, jsonOf, type RestBench, send } from './app.ts';

const plan = { accept: 'application/vnd.pgrst.plan+text; options=verbose' };

const ROW_COMPARISON = /Filter: .*ROW\(.*\) >=? ROW\(/;

async function planOf(bench: RestBench, request: string): Promise<string> {
  const response = await send(bench, { request, headers: plan });
  expect(response.status).toBe(200);
  return response.text();
}

/** The statements that the requests ran, those that set the scene left out. */
async function statementsOf(bench: RestBench, requests: readonly string[], headers = {}): Promise<readonly string[]> {
  const texts: string[] = [];
  const stop = bench.driver.observe(({ text }) => texts.push(text));
  for (const request of requests) await send(bench, { request, headers, settings: { txEnd: 'commit' } });
  stop();
  return texts.filter((text) => text.includes('pgrst_source'));
}

eachEngine('statements', (bench) => {
  test('a keyset written as an or is a row comparison', async () => {
    const keysets = [
      'or=(year.gt.1895,and(year.eq.1895,id.gt.1))',
      'or=(year.gt.1895,and(year.eq.1895,or(id.gt.1,and(id.eq.1,title.gt.x))))',
      'or=(year.gt.1895,and(year.eq.1895,id.gt.1),and(year.eq.1895,id.eq.1,title.gte.x))',
    ];
    for (const keyset of keysets) expect(await planOf(bench(), `GET /films?${keyset}`)).toMatch(ROW_COMPARISON);
  });

  test('what only looks like a keyset is left alone', async () => {
    const others = [
      'or=(year.gt.1895,and(year.eq.1896,id.gt.1))',
      'or=(year.gt.1895,and(year.eq.1895,id.lt.1))',
      'or=(year.gte.1895,and(year.eq.1895,id.gt.1))',
      'or=(year.gt.1895,and(year.eq.1895,data->length.gt.1))',
      'or=(year.gt.1895,and(year.eq.1895,not.and(id.gt.1)))',
      'or=(year.gt.1895,and(year.eq.1895,year.gt.1))',
    ];
    for (const other of others) expect(await planOf(bench(), `GET /films?${other}`)).not.toMatch(ROW_COMPARISON);
  });

  test('requests that differ only in values share one statement', async () => {
    const requests = ['3', '1', '(drop table films)'].map(
      (id) => `GET /films?select=id&year=gt.${id}&limit=5&offset=${id.length + 30}`,
    );
    const limits = ['1234', '1567'].map((limit) => `GET /films?select=id&limit=${limit}`);
    const lists = ['(1)', '(1,2,3)', '()'].map((ids) => `GET /films?select=id&id=in.${ids}`);
    const inserts = ['a', 'b'].map((code) => `GET /places?code=eq.${code}`);
    for (const group of [requests, limits, lists, inserts]) {
      const texts = await statementsOf(bench(), group);
      expect(texts.length).toBe(group.length);
      expect(new Set(texts).size).toBe(1);
    }
  });

  test('a page of a usual size is planned once, not for every request', async () => {
    const sizes = ['limit=20', 'limit=50', 'limit=1000'].map((limit) => `GET /films?select=id&${limit}`);
    const texts = await statementsOf(bench(), sizes);
    expect(texts.map((text) => /LIMIT (\S+)/.exec(text)?.[1])).toEqual(['20', '50', '1000']);
  });

  const withins = async (requests: readonly string[], headers = {}) =>
    (await statementsOf(bench(), requests, headers)).map(
      (text) => /LIMIT (\d+) OFFSET 0\) *\) pgrst_ranges/.exec(text)?.[1],
    );

  test('pages that reach about as far are planned once, for as many rows', async () => {
    const pages = ['1', '7', '12', '13', '44'].map((offset) => `GET /films?order=id&limit=20&offset=${offset}`);
    expect(await withins(pages)).toEqual(['32', '32', '32', '64', '64']);
    expect(new Set(await statementsOf(bench(), pages)).size).toBe(2);
    expect(await withins(['GET /films?order=title.desc,id'], { range: '12-21' })).toEqual(['32']);
    const embedded = 'GET /directors?select=id,films(id)&films.order=id&films.limit=2&films.offset=1';
    expect(await withins([embedded])).toEqual(['4']);
  });

  test('pages one after the other are all rows, in order', async () => {
    const rows = async (request: string) => jsonOf<readonly unknown[]>(await send(bench(), { request }));
    for (const query of [
      'order=id',
      'select=id,directors(last_name),roles(actor_id)&order=title.desc,id',
      'year=gt.1&order=year,id',
    ]) {
      const whole = await rows(`GET /films?${query}`);
      const pages = [];
      for (let offset = 0; offset < whole.length; offset += 2) {
        pages.push(...(await rows(`GET /films?${query}&limit=2&offset=${offset}`)));
      }
      expect(whole.length).toBeGreaterThan(2);
      expect(pages).toEqual([...whole]);
    }
  });

  test('which of the rows that an order leaves equal are on a page is not changed by it', async () => {
    const others = [
      'order=year',
      'order=data->id',
      'select=year,count()&order=year',
      'order=directors(id)&select=id,directors()',
    ];
    const pages = others.map((other) => `GET /films?limit=2&offset=1&${other}`);
    expect(await withins(pages)).toEqual(others.map(() => undefined));
    expect(await withins(['GET /rpc/best_films?order=id&limit=2&offset=1'])).toEqual([undefined]);
  });

  test('where nulls would stand is left to the index of a column that has none', async () => {
    const ordered = async (request: string) => (await statementsOf(bench(), [request])).join().match(/ NULLS \w+/g);
    expect(await ordered('GET /films?select=id,title&order=title.nullsfirst,id.desc.nullslast')).toBeNull();
    expect(await ordered('GET /films?select=id&order=year.desc.nullslast')).toEqual([' NULLS LAST']);
    expect(await ordered('GET /films?select=id&order=data->length.nullsfirst')).toEqual([' NULLS FIRST']);
    expect(await ordered('GET /rpc/best_films?select=id&order=id.nullsfirst')).toEqual([' NULLS FIRST']);
    const embedded = 'GET /directors?select=films(id)&films.order=id.nullsfirst,rating.nullsfirst';
    expect(await ordered(embedded)).toEqual([' NULLS FIRST']);
  });

  test('no value is ever part of a statement', async () => {
    const texts = await statementsOf(bench(), ["GET /films?title=eq.it's-me&or=(language.like.it's-me,id.in.(77777))"]);
    expect(texts.join()).not.toMatch(/me|77777/);
  });

  test('a count never drags a window over the page, and is left out where the page is all there is', async () => {
    const counted = { prefer: 'count=exact' };
    const [paged = ''] = await statementsOf(bench(), ['GET /films?select=id&limit=1'], counted);
    const [whole = ''] = await statementsOf(bench(), ['GET /films?select=id'], counted);
    expect(paged).toContain('pgrst_source_count');
    expect(whole).not.toContain('pgrst_source_count');
    expect(paged + whole).not.toMatch(/\bover\b/i);
  });
});
