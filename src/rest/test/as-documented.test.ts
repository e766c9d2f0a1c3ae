import { suite } from './app.ts';

const walls = `CREATE TABLE api.walls (id int PRIMARY KEY, paint_id int REFERENCES api.paints, note text);
INSERT INTO api.walls VALUES (1, 1, 'les chats amusants'); GRANT ALL ON api.walls TO rest_anon;
CREATE FUNCTION api.painted(api.paints) RETURNS SETOF api.walls STABLE LANGUAGE sql AS 'SELECT * FROM api.walls WHERE paint_id = $1.id'`;

const whole = { prefer: 'return=representation' };
const csv = { accept: 'text/csv' };

suite(
  'where the dialect answers with an error, or with what was not meant',
  {
    'an order by a column that is not selected': [
      { request: 'GET /rpc/best_films?select=id&order=year.desc&limit=1', status: 200, json: [{ id: 3 }] },
      {
        request: 'PATCH /actors?select=id&order=last_name',
        headers: whole,
        body: { first_name: 'x' },
        status: 200,
        json: [{ id: 1 }, { id: 2 }],
      },
    ],
    'filters of an embed on rows of a function': [
      {
        request: 'GET /rpc/best_films?select=id,directors(last_name)&directors.first_name=eq.Louis&id=eq.1',
        status: 200,
        json: [{ id: 1, directors: { last_name: 'Lumière' } }],
      },
    ],
    'conditions of an embed on rows that are written': [
      {
        request: 'PATCH /films?select=id,roles(character)&roles.or=(character.eq.Devil,actor_id.eq.9)&id=eq.3',
        headers: whole,
        body: { rating: 1 },
        status: 200,
        json: [{ id: 3, roles: [{ character: 'Devil' }] }],
      },
    ],
    'embeds by another name than their table’s': [
      { request: 'GET /walls?select=paint_id(color)', status: 200, json: [{ paint_id: { color: '#0000FF' } }] },
      {
        request: 'GET /walls?select=walls_paint_id_fkey(id)&walls_paint_id_fkey.color=eq.%230000FF',
        status: 200,
        json: [{ walls_paint_id_fkey: { id: 1 } }],
      },
      {
        request: 'GET /paints?select=painted(id)&painted.note=fts(french).amusant&id=eq.1',
        status: 200,
        json: [{ painted: [{ id: 1 }] }],
      },
    ],
    'an embed that selects nothing beside an aggregate': [
      {
        request: 'GET /films?select=language,count(),directors!inner()&directors.last_name=eq.Dickson',
        status: 200,
        json: [{ language: 'english', count: 1 }],
      },
    ],
    'a HEAD of rows of which one cannot be shown': [
      { request: 'GET /films?select=title::int', status: 400 },
      {
        request: 'HEAD /films?select=title::int,roles(*)',
        headers: { prefer: 'count=exact' },
        status: 200,
        answers: { 'Content-Range': '0-3/4' },
      },
      { request: 'HEAD /films?select=titel', status: 400 },
    ],
    'CSV of what is selected from rows of a function, or that were written': [
      { request: 'GET /rpc/best_films?select=name:title&id=eq.1', headers: csv, status: 200, matches: /^name\n/ },
      {
        request: 'POST /competitions?select=year,name',
        headers: { ...csv, ...whole },
        body: { id: 9, name: 'n', year: 1 },
        status: 201,
        text: 'year,name\n1,n',
      },
    ],
  },
  walls,
);
