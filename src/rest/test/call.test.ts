import { suite } from './app.ts';

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const object = { accept: 'application/vnd.pgrst.object+json' };

suite('calling', {
  arguments: [
    {
      request: 'GET /rpc/add_them?a=1&b=2',
      status: 200,
      text: '3',
      answers: { 'content-range': '0-0/*', 'content-type': 'application/json; charset=utf-8' },
    },
    { request: 'POST /rpc/add_them', body: { a: 1, b: 2 }, status: 200, text: '3' },
    { request: 'POST /rpc/add_them', headers: form, body: 'a=1&b=2', status: 200, text: '3' },
    { request: 'GET /rpc/add_them?a=1&b=2&c=3', status: 200, text: '6' },
    { request: 'POST /rpc/add_them?columns=a,b', body: { a: 1, b: 2, c: 9 }, status: 200, text: '3' },
    {
      request: 'POST /rpc/add_them',
      headers: { 'content-type': 'text/csv' },
      body: 'a,b\n4,5',
      status: 200,
      text: '9',
    },
    {
      request: 'POST /rpc/add_them',
      body: [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
      status: 200,
      text: '3',
    },
    { request: 'HEAD /rpc/add_them?a=1&b=2', status: 200, text: '', answers: { 'content-length': null } },
    { request: 'GET /rpc/greet', status: 200, text: '"Hello, world"' },
    { request: 'GET /rpc/greet?greeting=Hi', status: 200, text: '"Hi, world"' },
    { request: 'POST /rpc/greet', status: 200, text: '"Hello, world"' },
    { request: 'POST /rpc/greet', body: { name: null }, status: 200, text: 'null' },
    { request: 'GET /rpc/plus_one?v=1&v=2', status: 200, json: [2, 3] },
    { request: 'POST /rpc/plus_one', headers: form, body: 'v=1&v=2', status: 200, json: [2, 3] },
    { request: 'POST /rpc/plus_one', body: { v: [1, 2] }, status: 200, json: [2, 3] },
    { request: 'POST /rpc/size_of_json', headers: json, body: '{"a": 1}', status: 400, like: { code: '22023' } },
    { request: 'POST /rpc/size_of_json', headers: json, body: '[]', status: 200, text: '0' },
    {
      request: 'POST /rpc/shout',
      headers: { 'content-type': 'text/plain' },
      body: 'ünïcode',
      status: 200,
      text: '"ÜNÏCODE"',
    },
    {
      request: 'POST /rpc/byte_count',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'abc',
      status: 200,
      text: '3',
    },
    // text that would be an escape of fewer bytes
    {
      request: 'POST /rpc/byte_count',
      body: '{"":"\\\\x01"}',
      headers: { 'content-type': 'application/json' },
      status: 200,
      text: '12',
    },
    {
      request: 'POST /rpc/byte_count',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: '=%5Cx01',
      status: 200,
      text: '12',
    },
    { request: 'GET /rpc/add_them?a=x&b=1', status: 400, like: { code: '22P02' } },
  ],
  'choosing an overload': [
    {
      request: 'GET /rpc/add_them?a=1',
      status: 404,
      json: {
        code: 'PGRST202',
        details:
          'Searched for the function api.add_them with parameter a, but no matches were found in the schema cache.',
        hint: 'Perhaps you meant to call the function api.add_them(a, b)',
        message: 'Could not find the function api.add_them(a) in the schema cache',
      },
    },
    {
      request: 'POST /rpc/add_them',
      body: { x: 1, y: 2 },
      status: 404,
      like: {
        code: 'PGRST202',
        details:
          'Searched for the function api.add_them with parameters x, y or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      },
    },
    {
      request: 'POST /rpc/add_thm',
      body: { a: 1, b: 2 },
      status: 404,
      like: { hint: 'Perhaps you meant to call the function api.add_them' },
    },
    {
      request: 'POST /rpc/shoot',
      headers: { 'content-type': 'text/plain' },
      body: 'x',
      status: 404,
      like: {
        details:
          'Searched for the function api.shoot with a single unnamed text parameter, but no matches were found in the schema cache.',
        hint: null,
        message: 'Could not find the function api.shoot in the schema cache',
      },
    },
    {
      request: 'GET /rpc/nope',
      status: 404,
      like: { message: 'Could not find the function api.nope without parameters in the schema cache' },
    },
    {
      request: 'GET /rpc/alike?ac=1',
      status: 404,
      like: { code: 'PGRST202', hint: 'Perhaps you meant to call the function api.alike(ab)' },
    },
    {
      request: 'GET /rpc/pairs?select=&order=x.desc',
      status: 200,
      json: [
        { x: 2, y: 'two' },
        { x: 1, y: 'one' },
      ],
    },
    { request: 'HEAD /rpc/one_film?id=eq.99', status: 200, answers: { 'content-range': '*/0' } },
    {
      request: 'HEAD /rpc/one_film?id=eq.99',
      headers: { accept: 'application/vnd.pgrst.object+json' },
      status: 406,
      answers: { 'proxy-status': 'PostgREST; error=PGRST116' },
    },
    { request: 'POST /rpc/accents', body: {}, status: 200, answers: { 'x-name': 'ZoÃ« â\x82¬' } },
    {
      request: 'GET /rpc/same?a=1',
      status: 300,
      json: {
        code: 'PGRST203',
        details: null,
        hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
        message: 'Could not choose the best candidate function between: api.same(a => integer), api.same(a => text)',
      },
    },
    {
      request: 'PATCH /rpc/add_them',
      body: {},
      status: 405,
      like: { code: 'PGRST101', message: 'Cannot use the PATCH method on RPC' },
    },
  ],
  results: [
    {
      request: 'GET /rpc/best_films?min=6.7&select=title,director:directors(last_name)',
      status: 200,
      json: [{ title: 'Workers Leaving The Lumière Factory In Lyon', director: { last_name: 'Lumière' } }],
    },
    { request: 'GET /rpc/best_films?year=gt.1894&select=id&order=id.desc', status: 200, json: [{ id: 3 }, { id: 1 }] },
    { request: 'GET /rpc/best_films?select=id&title=like.*Castle', status: 200, json: [{ id: 3 }] },
    {
      request: 'GET /rpc/best_films?select=id&limit=2',
      headers: { prefer: 'count=exact' },
      status: 206,
      json: [{ id: 1 }, { id: 2 }],
      answers: { 'content-range': '0-1/3' },
    },
    {
      request: 'POST /rpc/best_films?select=id&order=id&or=(id.eq.1,id.eq.2)',
      body: {},
      status: 200,
      json: [{ id: 1 }, { id: 2 }],
    },
    {
      request: 'GET /rpc/one_film?select=title',
      status: 200,
      json: { title: 'Workers Leaving The Lumière Factory In Lyon' },
    },
    { request: 'GET /rpc/film_years?limit=2', status: 200, json: [1895, 1894] },
    { request: 'GET /rpc/pair', status: 200, json: { x: 1, y: 'one' } },
    { request: 'GET /rpc/pairs?x=eq.2', status: 200, json: [{ x: 2, y: 'two' }] },
    { request: 'GET /rpc/pairs?x=eq.2', headers: object, status: 200, json: { x: 2, y: 'two' } },
    { request: 'GET /rpc/pairs', headers: object, status: 406, like: { code: 'PGRST116' } },
    { request: 'GET /rpc/pairs', headers: { accept: 'text/csv' }, status: 200, text: 'x,y\n1,one\n2,two' },
    {
      request: 'POST /rpc/nothing',
      status: 204,
      text: '',
      answers: { 'content-type': null, 'content-range': '0-0/*' },
    },
    {
      request: 'GET /rpc/best_films?offset=100',
      headers: { prefer: 'count=exact' },
      status: 416,
      like: { code: 'PGRST103' },
    },
  ],
  transactions: [
    { request: 'GET /rpc/write_note?body=x', status: 405, like: { code: '25006' } },
    { request: 'POST /rpc/write_note', body: { body: 'x' }, status: 200 },
    { request: 'POST /rpc/finish_notes?select=id&order=id', status: 200, json: [{ id: 1 }, { id: 2 }] },
    {
      request: 'POST /rpc/finish_notes',
      headers: { prefer: 'handling=strict,max-affected=1' },
      status: 400,
      like: { code: 'PGRST124', details: 'The query affects 2 rows' },
    },
    {
      request: 'POST /rpc/write_note',
      headers: { prefer: 'handling=strict,max-affected=1' },
      body: { body: 'x' },
      status: 400,
      like: { code: 'PGRST128' },
    },
    { request: 'POST /rpc/timeout', status: 200, text: '"4s"' },
    { request: 'POST /rpc/isolation', status: 200, text: '"serializable"' },
    {
      request: 'GET /rpc/whoami',
      headers: { 'x-custom': 'c', cookie: 'session=s1; other=2' },
      settings: { appSettings: [['app.settings.mode', 'test']] },
      status: 200,
      json: {
        role: 'rest_anon',
        claims: { role: 'rest_anon' },
        method: 'GET',
        path: '/rpc/whoami',
        header: 'c',
        cookie: 's1',
        schemas: '"api", "public"',
        app: 'test',
      },
    },
    { request: 'GET /rpc/whoami', as: 'rest_author', status: 200, like: { role: 'rest_author' } },
    {
      request: 'GET /rpc/whoami',
      headers: {
        'x-custom': Buffer.from('Zoë €').toString('latin1'),
        cookie: Buffer.from('session=größer').toString('latin1'),
      },
      status: 200,
      like: { header: 'Zoë €', cookie: 'größer' },
    },
    {
      request: 'GET /films?limit=1',
      settings: { preRequest: { schema: 'api', name: 'check_request' } },
      headers: { 'x-forbidden': '1' },
      status: 401,
      like: { code: '42501', hint: 'Not today' },
    },
    { request: 'GET /films?limit=1', settings: { preRequest: { schema: 'api', name: 'check_request' } }, status: 200 },
  ],
  'responses set by SQL': [
    {
      request: 'POST /rpc/teapot',
      status: 418,
      json: { message: 'short and stout' },
      answers: { 'x-tea': 'short', 'set-cookie': 'a=1, b=2' },
    },
    { request: 'POST /rpc/bad_status', status: 500, like: { code: 'PGRST112' } },
    { request: 'POST /rpc/bad_headers', status: 500, like: { code: 'PGRST111' } },
    {
      request: 'POST /rpc/refuse',
      status: 402,
      json: { code: 'PT402', details: 'Quota exceeded', hint: 'Upgrade your plan', message: 'Payment Required' },
    },
    {
      request: 'POST /rpc/refuse_wholly',
      status: 402,
      json: { code: '123', details: 'Quota exceeded', hint: 'Upgrade', message: 'Payment Required' },
      answers: { 'x-powered-by': 'Nerd Rage' },
    },
  ],
});
