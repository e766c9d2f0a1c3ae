import { suite } from './app.ts';

const accept = (type: string) => ({ accept: type });
const object = accept('application/vnd.pgrst.object+json');

/** What the outermost node of a verbose plan puts out: before the body, with the body, and at the end. */
const shownColumns = (counts: string, body: string, inserted: string): RegExp =>
  new RegExp([`Output: ${RegExp.escape(counts)}\\(ROW\\(`, RegExp.escape(body), RegExp.escape(inserted)].join('.*, '));

suite('representing', {
  negotiation: [
    {
      request: 'GET /films?select=id&id=eq.1',
      headers: accept('text/html, application/json;q=0.9'),
      status: 200,
      text: '[{"id":1}]',
    },
    {
      request: 'GET /films?select=id&id=eq.1',
      headers: accept('application/json;q=0.5, text/csv'),
      status: 200,
      text: 'id\n1',
    },
    {
      request: 'GET /films',
      headers: accept('unknown/unknown'),
      status: 406,
      json: {
        code: 'PGRST107',
        details: null,
        hint: null,
        message: 'None of these media types are available: unknown/unknown',
      },
    },
    { request: 'POST /notes', headers: accept('text/html'), body: { body: 'x' }, status: 406 },
    { request: 'GET /', headers: accept('text/csv'), status: 406, like: { code: 'PGRST107' } },
    { request: 'GET /', status: 200, answers: { 'content-type': 'application/openapi+json; charset=utf-8' } },
    { request: 'GET /', settings: { openapiMode: 'disabled' }, status: 404, like: { code: 'PGRST126' } },
    {
      request: 'GET /',
      settings: { rootSpec: { schema: 'api', name: 'whoami' } },
      status: 200,
      like: { role: 'rest_anon' },
    },
  ],
  'the description': [
    { request: 'GET /', status: 200, like: { swagger: '2.0' } },
    { request: 'HEAD /', status: 200, text: '', answers: { 'content-length': null } },
  ],
  'singular and stripped': [
    {
      request: 'GET /notes?id=eq.1',
      headers: object,
      status: 200,
      text: '{"id":1,"body":"first","done":false}',
      answers: { 'content-type': 'application/vnd.pgrst.object+json; charset=utf-8', 'content-range': '0-0/*' },
    },
    {
      request: 'GET /notes',
      headers: object,
      status: 406,
      json: {
        code: 'PGRST116',
        details: 'The result contains 2 rows',
        hint: null,
        message: 'Cannot coerce the result to a single JSON object',
      },
    },
    { request: 'GET /notes?id=eq.99', headers: object, status: 406, like: { details: 'The result contains 0 rows' } },
    {
      request: 'GET /keyless?order=a',
      headers: accept('application/vnd.pgrst.array+json;nulls=stripped'),
      status: 200,
      json: [{ a: 1, b: 'one' }, { a: 2 }],
      answers: { 'content-type': 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8' },
    },
    {
      request: 'GET /keyless?a=eq.2',
      headers: accept('application/vnd.pgrst.object+json;nulls=stripped'),
      status: 200,
      json: { a: 2 },
    },
    { request: 'GET /rpc/add_them?a=1&b=2', headers: object, status: 200, text: '3' },
  ],
  csv: [
    {
      request: 'GET /notes?order=id',
      headers: accept('text/csv'),
      status: 200,
      text: 'id,body,done\n1,first,f\n2,second,f',
      answers: { 'content-type': 'text/csv; charset=utf-8' },
    },
    { request: 'GET /notes?id=eq.99', headers: accept('text/csv'), status: 200, text: '\n' },
    {
      request: 'PATCH /notes?id=eq.1&select=id,body',
      headers: { ...accept('text/csv'), prefer: 'return=representation' },
      body: { body: 'a,b' },
      status: 200,
      text: 'id,body\n1,"a,b"',
    },
  ],
  'custom handlers': [
    {
      request: 'GET /rpc/motto',
      headers: accept('text/plain'),
      status: 200,
      text: 'Lights, camera',
      answers: { 'content-type': 'text/plain; charset=utf-8' },
    },
    {
      request: 'GET /rpc/pixel',
      headers: accept('image/png'),
      status: 200,
      answers: { 'content-type': 'image/png', 'content-length': '4' },
    },
    { request: 'GET /rpc/motto', headers: accept('image/png'), status: 406 },
    { request: 'GET /rpc/motto', headers: accept(''), status: 406 },
    {
      request: 'GET /rpc/slate',
      headers: accept('application/x-slate'),
      status: 200,
      answers: { 'content-type': 'Application/X-Slate' },
    },
    {
      request: 'GET /directors?order=id',
      headers: accept('text/html'),
      status: 200,
      text: '<ul><li>Dickson</li><li>Lumière</li><li>Méliès</li></ul>',
      answers: { 'content-type': 'text/html' },
    },
    { request: 'GET /directors?select=id', headers: accept('text/html'), status: 406 },
    { request: 'GET /films', headers: accept('text/html'), status: 406 },
    {
      request: 'POST /directors',
      headers: { ...accept('text/html'), prefer: 'return=representation' },
      body: { last_name: 'New' },
      status: 201,
      text: '<ul><li>New</li></ul>',
    },
  ],
  'domain representations': [
    {
      request: 'GET /paints?order=id',
      status: 200,
      json: [
        { id: 1, color: '#0000FF', name: 'blue' },
        { id: 2, color: '#00FF00', name: 'green' },
      ],
    },
    { request: 'GET /paints?select=id,c:color&color=eq.%230000FF', status: 200, json: [{ id: 1, c: '#0000FF' }] },
    { request: 'GET /paints?select=id&color=in.(%230000FF,%23111111)', status: 200, json: [{ id: 1 }] },
    {
      request: 'GET /paints?select=id,name&color=eq.%230000FF',
      headers: accept('text/csv'),
      status: 200,
      text: 'id,name\n1,blue',
    },
    {
      request: 'PATCH /paints?id=eq.1&select=color',
      headers: { prefer: 'return=representation' },
      body: { color: '#FFFFFF' },
      status: 200,
      json: [{ color: '#FFFFFF' }],
    },
  ],
  'execution plans': [
    {
      request: 'GET /films?select=id',
      headers: accept('application/vnd.pgrst.plan+json'),
      status: 200,
      answers: { 'content-type': 'application/vnd.pgrst.plan+json; for="application/json"; charset=utf-8' },
    },
    {
      request: 'GET /films?select=id',
      headers: accept('application/vnd.pgrst.plan; options=analyze|verbose'),
      status: 200,
      answers: {
        'content-type':
          'application/vnd.pgrst.plan+text; for="application/json"; options=analyze|verbose; charset=utf-8',
      },
    },
    {
      request: 'GET /films?select=id',
      headers: accept('application/vnd.pgrst.plan+json'),
      settings: { planEnabled: false },
      status: 406,
      like: { code: 'PGRST107' },
    },
    { request: 'DELETE /notes', headers: accept('application/vnd.pgrst.plan+json'), status: 200 },
    {
      request: 'GET /films',
      headers: accept('application/vnd.pgrst.plan; for="application/vnd.pgrst.plan"'),
      status: 406,
      like: { code: 'PGRST107' },
    },
    // columns, and their order, as tools that read plans know them
    {
      request: 'GET /places?lang=eq.fr',
      headers: accept('application/vnd.pgrst.plan+text; options=verbose'),
      status: 200,
      matches: shownColumns('NULL::bigint, count', 'COALESCE(json_agg', "''::text"),
    },
    {
      request: 'GET /rpc/pairs',
      headers: accept('application/vnd.pgrst.plan+text; options=verbose'),
      status: 200,
      matches: shownColumns('NULL::bigint, count', 'COALESCE(json_agg', "''::text"),
    },
    {
      request: 'DELETE /places',
      headers: { ...accept('application/vnd.pgrst.plan+text; options=verbose'), prefer: 'return=representation' },
      status: 200,
      matches: shownColumns("''::text, count", "'{}'::text[], COALESCE(json_agg", "''::text"),
    },
    {
      request: 'PUT /places?code=eq.FR&lang=eq.en',
      headers: accept('application/vnd.pgrst.plan+text; options=verbose'),
      body: { code: 'FR', lang: 'en', label: 'x' },
      status: 200,
      matches: shownColumns("''::text, count", "'{}'::text[], ''::text", "(NULLIF(current_setting('pgrst.inserted'"),
    },
  ],
});
