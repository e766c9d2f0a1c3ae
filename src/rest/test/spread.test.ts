import { suite } from './app.ts';

const studios = `
  CREATE TABLE studios (id int PRIMARY KEY, name text);
  CREATE TABLE shoots (
    id int PRIMARY KEY, studio_id int REFERENCES studios, film_id int REFERENCES films, days int, notes json
  );
  INSERT INTO studios VALUES (1, 'Lyon'), (2, 'Orange'), (3, 'Montreuil');
  INSERT INTO shoots VALUES
    (1, 1, 1, 3, '{"rank": 2}'), (2, 1, 2, 5, '{"rank": 1}'), (3, 2, 2, 1, NULL), (4, 1, 3, 2, '{"rank": 10}');
  CREATE TABLE reels (id int PRIMARY KEY, shoot_id int REFERENCES shoots);
  INSERT INTO reels VALUES (1, 1);
  CREATE FUNCTION shoots_of(studios) RETURNS SETOF shoots STABLE LANGUAGE sql
    AS $$ SELECT * FROM api.shoots WHERE studio_id = $1.id $$;
  GRANT ALL ON studios, shoots, reels TO rest_anon;
`;

/** What PostgREST came to mean by these after version 12, of which there is a program to compare with. */
suite(
  'spreads',
  {
    'to many': [
      {
        request: 'GET /studios?select=name,...shoots(days)&shoots.order=days&order=id',
        status: 200,
        text: '[{"name":"Lyon","days":[2, 3, 5]}, \n {"name":"Orange","days":[1]}, \n {"name":"Montreuil","days":[]}]',
      },
      {
        request: 'GET /studios?select=...shoots(*)&id=eq.2',
        status: 200,
        json: [{ id: [3], studio_id: [2], film_id: [2], days: [1], notes: [null] }],
      },
      {
        request: 'GET /studios?select=id,...shoots!inner(days)&shoots.days=gt.2&shoots.order=days.desc&order=id',
        headers: { prefer: 'count=exact' },
        status: 200,
        json: [{ id: 1, days: [5, 3] }],
        answers: { 'content-range': '0-0/1' },
      },
      {
        request: 'GET /studios?select=id,...shoots(days)&shoots=is.null',
        headers: { prefer: 'count=exact' },
        status: 200,
        json: [{ id: 3, days: [] }],
        answers: { 'content-range': '0-0/1' },
      },
      {
        request: 'GET /studios?select=id,...shoots(film:films(id))&shoots.order=id.desc&id=eq.1',
        status: 200,
        json: [{ id: 1, film: [{ id: 3 }, { id: 2 }, { id: 1 }] }],
      },
      {
        request: 'GET /studios?select=id,...shoots(...films(film:id,year))&shoots.order=films(year).desc&id=eq.1',
        status: 200,
        json: [{ id: 1, film: [3, 1, 2], year: [1896, 1895, 1894] }],
      },
      {
        request: 'GET /studios?select=id,...shoots(days,films(year))&shoots.order=films(year).desc&id=eq.1',
        status: 200,
        json: [{ id: 1, days: [2, 3, 5], films: [{ year: 1896 }, { year: 1895 }, { year: 1894 }] }],
      },
      {
        request: 'GET /studios?select=id,...shoots(days)&shoots.order=notes->rank.nullslast&id=eq.1',
        status: 200,
        json: [{ id: 1, days: [5, 3, 2] }],
      },
      {
        request: 'GET /studios?select=id,shoots(days)&shoots.order=notes->rank.desc&id=eq.1',
        status: 200,
        json: [{ id: 1, shoots: [{ days: 2 }, { days: 3 }, { days: 5 }] }],
      },
      {
        request: 'GET /studios?select=id,...shoots(rank:notes->rank)&shoots.order=id&id=eq.1',
        status: 200,
        json: [{ id: 1, rank: [2, 1, 10] }],
      },
    ],
    'by another name than the table’s': [
      {
        request: 'GET /studios?select=id,shoots_of(days)&shoots_of.notes->rank=gt.1&shoots_of.order=id&id=eq.1',
        status: 200,
        json: [{ id: 1, shoots_of: [{ days: 3 }, { days: 2 }] }],
      },
      {
        request:
          'GET /reels?select=id,shoot_id(days)&or=(shoot_id.is.null,id.eq.1)&shoot_id.or=(notes->rank.eq.2,id.eq.9)',
        status: 200,
        json: [{ id: 1, shoot_id: { days: 3 } }],
      },
      {
        request: 'GET /reels?select=...shoot_id(notes->rank),count()',
        status: 200,
        json: [{ rank: 2, count: 1 }],
      },
      { request: 'GET /studios?select=id,shoots(days)&shoots.notes->rank=gt.1', status: 404, like: { code: '42883' } },
    ],
    empty: [
      { request: 'GET /studios?select=id,...shoots()&id=eq.1', status: 200, json: [{ id: 1 }] },
      { request: 'GET /studios?select=id,...shoots!inner()&order=id', status: 200, json: [{ id: 1 }, { id: 2 }] },
      { request: 'GET /shoots?select=id,...studios()&id=eq.1', status: 200, json: [{ id: 1 }] },
      { request: 'GET /studios?select=id,shoots(films())&id=eq.1', status: 200, json: [{ id: 1 }] },
      { request: 'GET /studios?select=shoots(films(directors()))&id=eq.1', status: 200, json: [{}] },
    ],
    aggregates: [
      {
        request: 'GET /shoots?select=days.sum(),...studios(name)&order=studios(name)',
        status: 200,
        json: [
          { sum: 10, name: 'Lyon' },
          { sum: 1, name: 'Orange' },
        ],
      },
      {
        request: 'GET /shoots?select=...studios(name,count())&order=studios(name)',
        status: 200,
        json: [
          { name: 'Lyon', count: 3 },
          { name: 'Orange', count: 1 },
        ],
      },
      {
        request: 'GET /shoots?select=...studios(name,all:count())&order=studios(name)&limit=1',
        status: 200,
        json: [{ name: 'Lyon', all: 3 }],
      },
      {
        request: 'GET /shoots?select=...films(...directors(last_name,count()))&order=films(last_name)',
        status: 200,
        json: [
          { last_name: 'Dickson', count: 2 },
          { last_name: 'Lumière', count: 1 },
          { last_name: 'Méliès', count: 1 },
        ],
      },
      {
        request: 'GET /shoots?select=studio_id,...films(year.min(),latest:year.max())&order=studio_id',
        status: 200,
        json: [
          { studio_id: 1, min: 1894, latest: 1896 },
          { studio_id: 2, min: 1894, latest: 1894 },
        ],
      },
      {
        request: 'GET /shoots?select=studio_id,...films(...directors(id.max()))&order=studio_id',
        status: 200,
        json: [
          { studio_id: 1, max: 3 },
          { studio_id: 2, max: 1 },
        ],
      },
      {
        request: 'GET /shoots?select=days.sum(),days.count()',
        headers: { prefer: 'count=exact' },
        status: 200,
        json: [{ sum: 11, count: 4 }],
        answers: { 'content-range': '0-0/1' },
      },
      {
        request: 'GET /studios?select=id,...shoots(days.sum())',
        status: 400,
        json: {
          code: 'PGRST127',
          details: 'Aggregates are not implemented for one-to-many or many-to-many spreads.',
          hint: null,
          message: 'Feature not implemented',
        },
      },
      {
        request: 'GET /studios?select=id,...shoots(days,...films(year.max()))',
        status: 400,
        like: { code: 'PGRST127' },
      },
      {
        request: 'GET /studios?select=id,...shoots(days.sum())',
        settings: { aggregatesEnabled: false },
        status: 400,
        like: { code: 'PGRST123' },
      },
    ],
  },
  `SET search_path = api; ${studios}`,
);
