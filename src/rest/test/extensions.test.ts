import { suite } from './app.ts';

const full = { prefer: 'return=representation' };
const patch = { 'content-type': 'application/merge-patch+json', ...full };
const prefer = (...preferences: string[]) => ({ prefer: ['return=representation', ...preferences].join(', ') });

/** A table of the kind that the schema's triggers keep soft, with a child, a function and names unique among the living. */
const softly = `
SET search_path = api;
CREATE TABLE tickets (
  id int PRIMARY KEY, name text, metadata jsonb, doc json, deleted_at timestamptz, deleted boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX tickets_name ON tickets (name) WHERE deleted_at IS NULL;
CREATE TABLE remarks (id int PRIMARY KEY, ticket_id int REFERENCES tickets, deleted_at timestamptz);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER hutch_delete BEFORE DELETE ON tickets FOR EACH ROW
  WHEN (current_setting('hutch.purge', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION keep();
CREATE TRIGGER hutch_delete BEFORE DELETE ON remarks FOR EACH ROW
  WHEN (current_setting('hutch.purge', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION keep();
CREATE FUNCTION all_tickets() RETURNS SETOF tickets STABLE LANGUAGE sql AS $$ SELECT * FROM tickets ORDER BY id $$;
CREATE FUNCTION tickets() RETURNS bigint STABLE LANGUAGE sql AS $$ SELECT count(*) FROM tickets $$;
INSERT INTO tickets (id, name, metadata, doc, deleted_at, deleted) VALUES
  (1, 'alive', '{"a": 1, "b": {"c": 2, "d": [1, 2]}, "z": null}', '{"a": {"b": 1}}', NULL, false),
  (2, 'gone', '{}', NULL, '2024-01-01', true), (3, 'also alive', NULL, NULL, NULL, false);
INSERT INTO remarks VALUES (1, 1, NULL), (2, 1, '2024-01-01'), (3, 2, '2024-01-01');
GRANT ALL ON tickets, remarks TO rest_anon;
RESET search_path`;

suite(
  'beyond the dialect',
  {
    'deleted rows are hidden': [
      {
        request: 'GET /tickets?select=id&order=id',
        headers: { prefer: 'count=exact' },
        status: 200,
        json: [{ id: 1 }, { id: 3 }],
        answers: { 'content-range': '0-1/2' },
      },
      { request: 'GET /tickets?select=id,remarks(id)&id=eq.1', status: 200, json: [{ id: 1, remarks: [{ id: 1 }] }] },
      { request: 'GET /remarks?select=id,tickets(id)&order=id', status: 200, json: [{ id: 1, tickets: { id: 1 } }] },
      {
        request: 'GET /tickets?select=id&order=id',
        headers: { prefer: 'deleted=include' },
        status: 200,
        json: [{ id: 1 }, { id: 2 }, { id: 3 }],
        answers: { 'preference-applied': 'deleted=include' },
      },
      {
        request: 'GET /tickets?select=id,remarks(id)',
        headers: { prefer: 'deleted=only' },
        status: 200,
        json: [{ id: 2, remarks: [{ id: 3 }] }],
      },
      { request: 'GET /rpc/all_tickets?select=id', status: 200, json: [{ id: 1 }, { id: 3 }] },
      {
        request: 'GET /rpc/all_tickets?select=id',
        headers: { prefer: 'deleted=include' },
        status: 200,
        json: [{ id: 1 }, { id: 2 }, { id: 3 }],
      },
      { request: 'GET /rpc/tickets', status: 200, text: '3' },
      { request: 'GET /tickets?select=count()', status: 200, json: [{ count: 2 }] },
      {
        request: 'GET /films?limit=1',
        headers: { prefer: 'deleted=include' },
        status: 200,
        answers: { 'preference-applied': null },
      },
      { request: 'GET /films', headers: { prefer: 'deleted=only' }, status: 400, like: { code: 'HUTCH107' } },
    ],
    'deleting softly': [
      {
        request: 'DELETE /tickets?id=eq.1&select=id,deleted',
        headers: full,
        status: 200,
        json: [{ id: 1, deleted: true }],
      },
      { request: 'DELETE /tickets?id=eq.1', status: 204 },
      { request: 'DELETE /tickets?id=eq.2', headers: full, status: 200, json: [] },
      {
        request: 'DELETE /tickets?id=eq.2&select=id,deleted,deleted_at',
        headers: prefer('delete=restore'),
        status: 200,
        json: [{ id: 2, deleted: false, deleted_at: null }],
        answers: { 'preference-applied': 'return=representation, delete=restore' },
      },
      { request: 'DELETE /tickets?id=eq.1', headers: prefer('delete=restore'), status: 200, json: [] },
      { request: 'DELETE /remarks?id=eq.2&select=id', headers: prefer('delete=purge'), status: 200, json: [{ id: 2 }] },
      { request: 'DELETE /remarks?id=eq.1&select=id', headers: prefer('delete=purge'), status: 200, json: [] },
      { request: 'DELETE /notes?id=eq.1', headers: prefer('delete=restore'), status: 400, like: { code: 'HUTCH107' } },
      { request: 'PATCH /tickets?id=eq.2&select=id', headers: full, body: { name: 'x' }, status: 200, json: [] },
      {
        request: 'PATCH /tickets?id=eq.2&select=id',
        headers: prefer('deleted=include'),
        body: { name: 'x' },
        status: 200,
        json: [{ id: 2 }],
      },
    ],
    'upserting onto what is gone': [
      {
        request: 'POST /tickets?select=id,name,deleted,deleted_at',
        headers: prefer('resolution=merge-duplicates'),
        body: { id: 2, name: 'back' },
        status: 200,
        json: [{ id: 2, name: 'back', deleted: false, deleted_at: null }],
      },
      {
        request: 'POST /tickets?on_conflict=name&select=id,name',
        headers: prefer('resolution=merge-duplicates'),
        body: { id: 3, name: 'also alive' },
        status: 200,
        json: [{ id: 3, name: 'also alive' }],
      },
    ],
    'merge patch': [
      {
        request: 'PATCH /tickets?id=eq.1&select=metadata',
        headers: patch,
        body: { metadata: { a: 2, b: { c: null, e: { f: 1, g: null } }, z: null, n: [1, { x: null }] } },
        status: 200,
        json: [{ metadata: { a: 2, b: { d: [1, 2], e: { f: 1 } }, n: [1, { x: null }] } }],
      },
      {
        request: 'PATCH /tickets?id=eq.1&select=name,metadata',
        headers: patch,
        body: { name: 'new', metadata: { b: 'replaced' } },
        status: 200,
        json: [{ name: 'new', metadata: { a: 1, b: 'replaced', z: null } }],
      },
      {
        request: 'PATCH /tickets?id=eq.3&select=metadata',
        headers: patch,
        body: { metadata: { a: { b: 1 } } },
        status: 200,
        json: [{ metadata: { a: { b: 1 } } }],
      },
      {
        request: 'PATCH /tickets?id=eq.1&select=metadata',
        headers: patch,
        body: { metadata: null },
        status: 200,
        json: [{ metadata: null }],
      },
      {
        request: 'PATCH /tickets?id=eq.1&select=doc',
        headers: patch,
        body: { doc: { a: { c: 2 } } },
        status: 200,
        json: [{ doc: { a: { b: 1, c: 2 } } }],
      },
      { request: 'PATCH /tickets?id=eq.1', headers: patch, body: [1], status: 400, like: { code: 'HUTCH106' } },
      {
        request: 'PATCH /tickets?id=eq.1&select=metadata',
        headers: patch,
        body: { metadata: { "it's": { '\\"': 1 } } },
        status: 200,
        json: [{ metadata: { a: 1, b: { c: 2, d: [1, 2] }, z: null, "it's": { '\\"': 1 } } }],
      },
    ],
  },
  softly,
);
