/** The tables that all servers of a benchmark serve, and the requests that they are measured by. */

export const OWNERS = 100;
export const ITEMS = 20_000;

export const DATASET = `
CREATE TABLE owners (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL);
CREATE TABLE items (
  id int PRIMARY KEY, owner_id int NOT NULL REFERENCES owners, title text NOT NULL, status text NOT NULL,
  price numeric(10, 2) NOT NULL, created_at timestamptz NOT NULL
);
CREATE TABLE notes (id int PRIMARY KEY, item_id int NOT NULL REFERENCES items, body text NOT NULL);
CREATE TABLE entries (id bigserial PRIMARY KEY, title text NOT NULL, amount int NOT NULL);
CREATE INDEX ON items (owner_id);
CREATE INDEX ON notes (item_id);
INSERT INTO owners SELECT i, 'owner ' || i, 'owner' || i || '@example.com' FROM generate_series(1, ${OWNERS}) i;
INSERT INTO items SELECT i, i % ${OWNERS} + 1, 'the item number ' || i, CASE i % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'held' ELSE 'done' END,
  i % 1000 + 0.5, timestamptz '2026-01-01' + i * interval '1 minute' FROM generate_series(1, ${ITEMS}) i;
INSERT INTO notes SELECT i, i % ${ITEMS} + 1, 'a note on an item, number ' || i FROM generate_series(1, ${2 * ITEMS}) i;
DO $$ BEGIN CREATE ROLE anon NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
DO $$ BEGIN CREATE ROLE authenticated NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
GRANT USAGE ON SCHEMA public TO anon, authenticated;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO anon, authenticated;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO anon, authenticated;
ALTER TABLE items ENABLE ROW LEVEL SECURITY;
CREATE POLICY readable ON items FOR SELECT TO anon, authenticated USING (true);
ANALYZE`;

export type CaseName = 'one row' | '50 rows' | '20 rows, 2 embeds' | 'insert';

export interface Case {
  readonly name: CaseName;
  readonly method: 'GET' | 'POST';
  /** Below `/rest/v1`. */
  readonly url: string;
  readonly body?: string;
}

export const ENTRY = { title: 'an entry', amount: 5 };

export const CASES: readonly Case[] = [
  { name: 'one row', method: 'GET', url: '/items?id=eq.77&select=id,title,status' },
  { name: '50 rows', method: 'GET', url: '/items?select=*&order=id.desc&limit=50' },
  {
    name: '20 rows, 2 embeds',
    method: 'GET',
    url: '/items?select=id,title,owner:owners(name),notes(id,body)&order=id&limit=20',
  },
  { name: 'insert', method: 'POST', url: '/entries', body: JSON.stringify(ENTRY) },
];
