import { expect, test } from 'bun:test';
import { eachEngine, jsonOf, type RestBench, send } from './app.ts';

const full = { prefer: 'return=representation' };

interface Result {
  readonly status: number;
  readonly body: unknown;
}

async function batch(bench: RestBench, operations: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await send(bench, {
    request: 'POST /',
    headers: { 'content-type': 'application/vnd.hutch.batch+json', ...headers },
    body: JSON.stringify(operations),
  });
  const answer = await jsonOf<Result[] & { readonly code?: string }>(response);
  return { status: response.status, operation: response.headers.get('batch-operation'), body: answer };
}

eachEngine('a batch', (bench) => {
  test('runs one operation after the other, later ones with what earlier ones gave', async () => {
    const { status, body } = await batch(bench(), [
      { name: 'film', method: 'POST', path: '/films?select=id', headers: full, body: { title: 'New', director_id: 1 } },
      {
        name: 'role',
        method: 'POST',
        path: '/roles',
        headers: full,
        body: { film_id: { $ref: 'film/0/id' }, actor_id: 1, character: 'Lead' },
      },
      { method: 'PATCH', path: `/films?id=eq.\${film/0/id}`, body: { year: 2000 } },
      { method: 'GET', path: `/films?select=year,roles(character)&id=eq.\${film/0/id}` },
      { method: 'GET', path: '/rpc/add_them?a=1&b=2' },
      { method: 'POST', path: '/rpc/nothing' },
    ]);
    expect(status).toBe(200);
    expect(body.map((result) => result.status)).toEqual([201, 201, 204, 200, 200, 204]);
    expect(body[3]?.body).toEqual([{ year: 2000, roles: [{ character: 'Lead' }] }]);
    expect(body[4]).toMatchObject({ name: null, body: 3, headers: { 'content-range': '0-0/*' } });
  });

  test('is all or nothing', async () => {
    const failed = await batch(
      bench(),
      [
        { method: 'POST', path: '/notes', body: { body: 'lost' } },
        { name: 'bad', method: 'POST', path: '/films', body: { director_id: 1 } },
      ],
      { prefer: 'tx=commit' },
    );
    expect(failed).toMatchObject({ status: 400, operation: 'bad', body: { code: '23502' } });
    const notes = await send(bench(), { request: 'GET /notes?body=eq.lost' });
    expect(await notes.json()).toEqual([]);
  });

  test('holds answers up to a limit', async () => {
    const long = { method: 'POST', path: '/notes', body: { body: 'x'.repeat(9_000_000) } };
    const read = { method: 'GET', path: '/notes?body=like.xxx*' };
    const refused = await batch(bench(), [long, ...Array.from({ length: 10 }, () => read)]);
    expect(refused).toMatchObject({ status: 400, operation: '9', body: { code: 'HUTCH100' } });
  });

  test('hands headers and cookies of any letters on to its operations', async () => {
    const { body } = await batch(bench(), [{ method: 'GET', path: '/rpc/whoami' }], {
      'x-custom': Buffer.from('Zoë €').toString('latin1'),
      cookie: 'session=abc',
    });
    expect(body[0]?.body).toMatchObject({ header: 'Zoë €', cookie: 'abc' });
  });

  test('refuses what only a request of its own can do', async () => {
    const rows = { method: 'POST', path: '/notes', headers: { 'Content-Type': 'application/x-ndjson' }, body: '{}' };
    expect(await batch(bench(), [rows])).toMatchObject({ status: 400, body: { code: 'HUTCH109' } });
    const streamed = { method: 'GET', path: '/films', headers: { Accept: 'application/x-ndjson' } };
    expect(await batch(bench(), [streamed])).toMatchObject({ status: 400, body: { code: 'HUTCH104' } });
    const explained = {
      name: 'plan',
      method: 'GET',
      path: '/films',
      headers: { Accept: 'application/vnd.pgrst.plan' },
    };
    expect((await batch(bench(), [explained])).body[0]?.body).toStartWith('Aggregate');
  });

  test('commits', async () => {
    const made = await batch(bench(), [{ method: 'POST', path: '/addresses', body: { id: 77 } }], {
      prefer: 'tx=commit',
    });
    expect(made.status).toBe(200);
    const cleared = await batch(bench(), [{ method: 'DELETE', path: '/addresses?id=eq.77', headers: full }], {
      prefer: 'tx=commit',
    });
    expect(cleared.body[0]?.body).toEqual([{ id: 77, name: null }]);
  });

  test('keeps GET from writing, and one operation from leaving its settings to the next', async () => {
    const written = await batch(bench(), [{ method: 'GET', path: '/rpc/write_note?body=x' }]);
    expect(written).toMatchObject({ status: 405, body: { code: '25006' } });
    const { body } = await batch(bench(), [
      { method: 'POST', path: '/rpc/teapot' },
      { method: 'GET', path: '/rpc/same_settings' },
      { method: 'POST', path: '/notes', body: { body: 'y' } },
    ]);
    expect(body.code).toBe('PGRST202');
    const clean = await batch(bench(), [
      { method: 'POST', path: '/rpc/teapot' },
      { method: 'POST', path: '/notes', body: { body: 'y' } },
    ]);
    expect(clean.body.map((result) => result.status)).toEqual([418, 201]);
  });

  test('refuses what is no batch', async () => {
    expect(await batch(bench(), { nope: 1 })).toMatchObject({ status: 400, body: { code: 'HUTCH104' } });
    expect(await batch(bench(), [{ method: 'GET', path: '/' }])).toMatchObject({
      status: 400,
      body: { code: 'HUTCH104' },
    });
    expect(await batch(bench(), [{ method: 'GET', path: `/films?id=eq.\${x/0}` }])).toMatchObject({
      status: 400,
      body: { code: 'HUTCH105' },
    });
  });
});
