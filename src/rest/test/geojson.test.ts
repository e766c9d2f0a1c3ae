import { expect, test } from 'bun:test';
import { enginesWith } from '../../db/test/engines.ts';
import { generateTypes } from '../database-types/index.ts';
import { openapi, visible } from '../openapi/index.ts';
import { type Case, eachEngine, suite } from './app.ts';

const tables = `CREATE TABLE api.areas (id int PRIMARY KEY, name text UNIQUE, area geometry);
INSERT INTO api.areas VALUES
  (1, 'small', 'SRID=4326;POLYGON((0 0, 1 0, 1 1, 0 1, 0 0))'), (2, 'big', 'SRID=4326;POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))');
CREATE TABLE api.shops (id int PRIMARY KEY, name text, place geometry(Point, 4326), area_id int REFERENCES api.areas);
INSERT INTO api.shops VALUES (1, 'one', 'SRID=4326;POINT(1 2)', 1), (2, 'two', 'SRID=4326;POINT(3 4)', 2), (3, 'nowhere', NULL, NULL);
CREATE TABLE api.routes (id int PRIMARY KEY, path geography(LineString, 4326), start_at geometry(Point, 4326));
INSERT INTO api.routes VALUES (1, 'LINESTRING(0 0, 1 1)', 'SRID=4326;POINT(0 0)');
CREATE FUNCTION api.nearest(lng float, lat float) RETURNS SETOF api.shops STABLE LANGUAGE sql
  AS 'SELECT * FROM api.shops WHERE place IS NOT NULL ORDER BY st_distance(place, st_setsrid(st_makepoint(lng, lat), 4326))';
CREATE FUNCTION api.a_point() RETURNS geometry STABLE LANGUAGE sql AS $$SELECT 'POINT(1 2)'::geometry$$;
CREATE FUNCTION api.as_text(g geometry) RETURNS text STABLE LANGUAGE sql AS 'SELECT st_astext(g)';
CREATE FUNCTION api.size(api.areas) RETURNS float STABLE LANGUAGE sql AS 'SELECT st_area($1.area)';
CREATE FUNCTION api.centre(api.areas) RETURNS geometry STABLE LANGUAGE sql AS 'SELECT st_centroid($1.area)';
GRANT ALL ON api.areas, api.shops, api.routes TO rest_anon;`;

const accept = { accept: 'application/geo+json' };
const shown = { ...accept, prefer: 'return=representation' };

/** As PostGIS and the dialect write it. */
const features = (...all: readonly string[]) => `{"type" : "FeatureCollection", "features" : [${all.join(', ')}]}`;
const feature = (geometry: string, properties: string) =>
  `{"type": "Feature", "geometry": ${geometry}, "properties": {${properties}}}`;
const point = (x: number, y: number) => `{"type":"Point","coordinates":[${x},${y}]}`;
const square = (n: number) => `{"type":"Polygon","coordinates":[[[0,0],[${n},0],[${n},${n}],[0,${n}],[0,0]]]}`;

const small = feature(square(1), '"id": 1, "name": "small"');
const one = feature(point(1, 2), '"id": 1, "name": "one", "area_id": 1');
const two = feature(point(3, 4), '"id": 2, "name": "two", "area_id": 2');
const nowhere = feature('{"type": null}', '"id": 3, "name": "nowhere", "area_id": null');

const reads: readonly Case[] = [
  {
    request: 'GET /shops?order=id',
    headers: accept,
    status: 200,
    text: features(one, two, nowhere),
    answers: { 'content-type': 'application/geo+json; charset=utf-8', 'content-range': '0-2/*' },
  },
  {
    request: 'GET /shops?id=eq.9',
    headers: accept,
    status: 200,
    text: features(),
    answers: { 'content-range': '*/*' },
  },
  {
    request: 'GET /shops?order=id&limit=1',
    headers: { ...accept, prefer: 'count=exact' },
    status: 206,
    text: features(one),
    answers: { 'content-range': '0-0/3' },
  },
  { request: 'HEAD /shops', headers: accept, status: 200, text: '' },
  {
    request: 'GET /shops?select=place&id=eq.1',
    headers: accept,
    status: 200,
    text: features(feature(point(1, 2), '')),
  },
  {
    request: 'GET /areas?select=id,centre,area&id=eq.1',
    headers: accept,
    status: 200,
    matches: /"geometry": \{"type":"Point","coordinates":\[0\.5,0\.5\]\}, "properties": \{"id": 1, "area": /,
  },
  { request: 'GET /areas?size=lt.50', headers: accept, status: 200, text: features(small) },
  { request: 'GET /areas?select=id,size&order=size.desc', status: 200, json: [{ id: 2, size: 100 }, { id: 1, size: 1 }] }, // biome-ignore format: one line a case
  {
    request: 'GET /shops?select=place,areas(name)&id=eq.1',
    headers: accept,
    status: 200,
    text: features(feature(point(1, 2), '"areas": {"name": "small"}')),
  },
  {
    request: 'GET /shops?select=id,...areas(area)&id=eq.1',
    headers: accept,
    status: 200,
    text: features(feature(square(1), '"id": 1')),
  },
  {
    request: 'GET /routes?select=path,start_at',
    headers: accept,
    status: 200,
    matches: /"geometry": \{"type":"LineString","coordinates":\[\[0,0\],\[1,1\]\]\}, "properties": \{"start_at": /,
  },
  {
    request: 'GET /shops?select=id,area_id',
    headers: accept,
    status: 400,
    json: { code: '22023', details: null, hint: null, message: 'geometry column is missing' },
  },
  { request: 'GET /shops?select=id&id=eq.9', headers: accept, status: 200, text: features() },
  {
    request: 'GET /shops?id=eq.1',
    headers: { accept: 'application/vnd.pgrst.object+json' },
    status: 200,
    like: { place: { type: 'Point', coordinates: [1, 2] } },
  },
  { request: 'GET /areas?select=kind:area->>type&limit=1', status: 200, json: [{ kind: 'Polygon' }] },
  { request: 'GET /shops?place=eq.SRID=4326%3BPOINT(1 2)&select=id', status: 200, json: [{ id: 1 }] },
  { request: 'GET /shops?place=eq.here', status: 400, like: { code: 'XX000' } },
];

const calls: readonly Case[] = [
  { request: 'GET /rpc/nearest?lng=3&lat=4&limit=1', headers: accept, status: 200, text: features(two) },
  { request: 'POST /rpc/nearest', headers: accept, body: { lng: 0, lat: 0 }, status: 200, text: features(one, two) },
  { request: 'GET /rpc/a_point', headers: accept, status: 200, text: features(feature(point(1, 2), '')) },
  { request: 'GET /rpc/a_point', status: 200, json: { type: 'Point', coordinates: [1, 2] } },
  { request: 'GET /rpc/as_text?g=POINT(1 2)', status: 200, json: 'POINT(1 2)' },
  {
    request: 'POST /rpc/as_text',
    body: { g: { type: 'Point', coordinates: [1, 2] } },
    status: 200,
    json: 'POINT(1 2)',
  },
];

const four = features(feature(point(5, 6), '"id": 4, "name": null, "area_id": null'));

const writes: readonly Case[] = [
  { request: 'POST /shops', headers: shown, body: { id: 4, place: 'SRID=4326;POINT(5 6)' }, status: 201, text: four },
  {
    request: 'POST /shops',
    headers: shown,
    body: { id: 4, place: { type: 'Point', coordinates: [5, 6] } },
    status: 201,
    text: four,
  },
  {
    request: 'POST /shops',
    headers: { ...shown, 'content-type': 'text/csv' },
    body: 'id,place\n4,SRID=4326;POINT(5 6)\n',
    status: 201,
    text: four,
  },
  { request: 'POST /shops', headers: accept, body: { id: 4 }, status: 201, text: '' },
  { request: 'PATCH /shops?id=eq.1', headers: shown, body: { name: 'one' }, status: 200, text: features(one) },
  { request: 'PATCH /shops?id=eq.9', headers: shown, body: { name: 'x' }, status: 200, text: features() },
  { request: 'DELETE /shops?id=eq.2', headers: shown, status: 200, text: features(two) },
  { request: 'POST /shops', body: { id: 4, place: 'garbage' }, status: 400, like: { message: 'parse error - invalid geometry' } }, // biome-ignore format: one line a case
  { request: 'POST /shops', body: { id: 4, place: { type: 'Point' } }, status: 400, like: { code: 'XX000' } },
  { request: 'POST /shops', body: { id: 4, place: 'LINESTRING(0 0,1 1)' }, status: 400, like: { code: '22023' } },
  {
    request: 'POST /shops',
    headers: { 'content-type': 'application/x-ndjson' },
    body: '{"id":4,"place":null}\n{"id":5,"place":"garbage"}\n{"id":6,"place":null}',
    status: 400,
    like: { code: 'XX000', details: 'Line 2 of the body.' },
  },
];

const on = await enginesWith('postgis');
const groups = { reads, calls, writes };
suite('GeoJSON', groups, `CREATE EXTENSION postgis; ${tables}`, on);

/** Where a provider puts it, and `db-extra-search-path` says so. */
const settings = { extraSearchPath: ['public', 'extensions'] };
const there = (cases: readonly Case[]) => cases.map((entry) => ({ ...entry, settings }));
suite(
  'GeoJSON with PostGIS in a schema of its own',
  { reads: there(reads), calls: there(calls), writes: there(writes) },
  `CREATE SCHEMA extensions; GRANT USAGE ON SCHEMA extensions TO rest_anon; CREATE EXTENSION postgis SCHEMA extensions;
SET search_path = public, extensions; ${tables} RESET search_path;`,
  on,
);

suite('GeoJSON without PostGIS', {
  all: ['GET /films', 'GET /films?id=eq.99', 'GET /rpc/best_films'].map((request) => ({
    request,
    headers: accept,
    status: 404,
    json: {
      code: '42883',
      details: null,
      hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
      message: 'function st_asgeojson(record) does not exist',
    },
  })),
});

eachEngine(
  'columns of PostGIS',
  (bench) => {
    test('are described as they are read and written', () => {
      const { catalog } = bench();
      const { paths, components } = openapi(catalog, visible(catalog, 'api'), { serverUrl: '/' });
      expect(components).toMatchObject({
        schemas: {
          routes: {
            properties: {
              path: { type: ['string', 'null'] },
              start_at: { anyOf: [{ type: ['object', 'string'] }, { type: 'null' }] },
            },
          },
        },
      });
      const content = { 'application/geo+json': {} };
      expect(paths).toMatchObject({ '/routes': { get: { responses: { 200: { content } } } } });
      expect(paths).not.toMatchObject({ '/films': { get: { responses: { 200: { content } } } } });
      expect(generateTypes(catalog)).toMatch(
        /routes: \{\s+Row: \{\s+id: number\s+path: string \| null\s+start_at: Json \| null/,
      );
    });
  },
  `CREATE EXTENSION postgis; ${tables}`,
  on,
);
