import { expect, test } from 'bun:test';
import { eachEngine, jsonOf, type RestBench, send } from './app.ts';

async function tagOf(bench: RestBench, request: string, accept = 'application/json'): Promise<string> {
  const response = await send(bench, { request, headers: { accept } });
  return response.headers.get('etag') ?? '';
}

const object = 'application/vnd.pgrst.object+json';

eachEngine('entity tags', (bench) => {
  test('of a row are the same as an object and in a list, and change with it', async () => {
    const listed = await tagOf(bench(), 'GET /notes?id=eq.1');
    expect(listed).toMatch(/^"[\da-z]+"$/);
    expect(await tagOf(bench(), 'GET /notes?id=eq.1', object)).toBe(listed);
    expect(await tagOf(bench(), 'GET /notes?id=eq.2')).not.toBe(listed);
  });

  test('answer 304 to who has it already', async () => {
    const tag = await tagOf(bench(), 'GET /notes');
    const same = await send(bench(), { request: 'GET /notes', headers: { 'if-none-match': `"x", W/${tag}` } });
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag]);
    const other = await send(bench(), { request: 'GET /notes', headers: { 'if-none-match': '"x"' } });
    expect(other.status).toBe(200);
  });

  test('guard changes', async () => {
    const patch = (tag: string, method = 'PATCH') =>
      send(bench(), { request: `${method} /notes?id=eq.1`, headers: { 'if-match': tag }, body: { body: 'new' } });
    const tag = await tagOf(bench(), 'GET /notes?id=eq.1');
    expect((await patch(tag)).status).toBe(204);
    expect((await patch('*')).status).toBe(204);
    expect((await patch(tag, 'DELETE')).status).toBe(204);
    const refused = await patch('"stale"');
    expect([refused.status, await jsonOf(refused)]).toMatchObject([412, { code: 'HUTCH101' }]);
    const missing = await send(bench(), {
      request: 'PATCH /notes?id=eq.99',
      headers: { 'if-match': '*' },
      body: { body: 'new' },
    });
    expect([missing.status, await jsonOf(missing)]).toMatchObject([412, { message: 'The row is not there' }]);
  });

  test('say so of rows that cannot be locked', async () => {
    const refused = await send(bench(), { request: 'DELETE /film_count?n=gt.0', headers: { 'if-match': '*' } });
    const message = "If-Match and If-None-Match cannot be held for a change of 'film_count'";
    expect([refused.status, await jsonOf(refused)]).toMatchObject([400, { code: 'HUTCH112', message }]);
  });

  test('let only one of two writers through', async () => {
    const tag = await tagOf(bench(), 'GET /notes?id=eq.2');
    const headers = { 'if-match': tag, prefer: 'tx=commit' };
    const writers = ['one', 'two'].map((body) =>
      send(bench(), { request: 'PATCH /notes?id=eq.2', headers, body: { body } }).then(({ status }) => status),
    );
    expect((await Promise.all(writers)).sort()).toEqual([204, 412]);
  });

  test('create only what is not there', async () => {
    const put = (id: number) =>
      send(bench(), {
        request: `PUT /addresses?id=eq.${id}`,
        headers: { 'if-none-match': '*' },
        body: { id, name: 'x' },
      });
    expect((await put(50)).status).toBe(204);
    const refused = await put(1);
    expect([refused.status, await jsonOf(refused)]).toMatchObject([412, { message: 'The row is there already' }]);
  });
});
