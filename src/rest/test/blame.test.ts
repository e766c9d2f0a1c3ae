import { suite } from './app.ts';

const raising = (name: string, state: string) =>
  `CREATE FUNCTION api.${name}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '${state}'; END $$;`;
const functions = `${raising('raise_view', '55000')}${raising('raise_size', '54001')}${raising('raise_twice', '21000')}
CREATE TABLE api.labels (label text UNIQUE); GRANT ALL ON api.labels TO rest_anon;
CREATE VIEW api.film_authors AS SELECT f.id, d.last_name FROM api.films f JOIN api.directors d ON d.id = f.director_id;
GRANT ALL ON api.film_authors TO rest_anon`;

const merge = { prefer: 'resolution=merge-duplicates' };
/** Nothing that repeats, so that it can't be compressed into an index. */
const long = Array.from({ length: 9_000 }, (_, n) => ((n * 2_654_435_761) % 4_294_967_296).toString(36)).join('');

suite(
  'who is to blame',
  {
    'the client for what it alone can cause': [
      { request: 'POST /film_count', body: { n: 1 }, status: 405, like: { code: '55000' } },
      { request: 'PATCH /film_authors?id=eq.1', body: { id: 2 }, status: 405, like: { code: '55000' } },
      { request: 'DELETE /film_authors?id=eq.1', status: 405, like: { code: '55000' } },
      {
        request: 'POST /addresses',
        headers: merge,
        body: [
          { id: 5, name: 'a' },
          { id: 5, name: 'b' },
        ],
        status: 400,
        like: { code: '21000' },
      },
      { request: 'GET /films?tags=cs.{{{{{{{1}}}}}}}', status: 400, like: { code: '54000' } },
      { request: `GET /films?select=${'id,'.repeat(1_700)}id`, status: 400, like: { code: '54011' } },
      { request: 'POST /labels', body: { label: long }, status: 400, like: { code: '54000' } },
    ],
    'a function that raises the same': [
      { request: 'POST /rpc/raise_view', status: 500, like: { code: '55000' } },
      { request: 'POST /rpc/raise_size', status: 500, like: { code: '54001' } },
      { request: 'POST /rpc/raise_twice', status: 500, like: { code: '21000' } },
    ],
  },
  functions,
);
