-- A column of each type that reads its text in a way of its own, and what else a request can break itself on.
SET search_path = api;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE size AS (width int, height int);
CREATE DOMAIN short AS text CHECK (length(value) < 40);
CREATE TABLE kinds (
  id bigint PRIMARY KEY, small smallint, num numeric(6, 2), dbl float8, flag boolean, txt text UNIQUE, vc varchar(5), ch "char",
  bytes bytea, day date, at timestamptz, clock time, span interval, uid uuid, net inet, cash money, bits bit varying(8),
  spot point, shape polygon, js json, jb jsonb, ints int[], texts text[][], words tsvector, find tsquery, nums numrange,
  days datemultirange, feeling mood, extent size, brief short, path jsonpath, oid oid, nm name, mark xml,
  twice bigint GENERATED ALWAYS AS (id * 2) STORED
);
CREATE VIEW totals AS SELECT feeling, count(*) AS n FROM kinds GROUP BY feeling;
CREATE VIEW joined AS SELECT f.id, f.title, d.last_name FROM films f JOIN directors d ON d.id = f.director_id;
CREATE MATERIALIZED VIEW frozen AS SELECT id, title FROM films;
CREATE VIEW cast_views AS SELECT id, year::text AS year FROM films;
CREATE TABLE checked (id int PRIMARY KEY, parent int REFERENCES checked DEFERRABLE INITIALLY DEFERRED, v int CHECK (v > 0));
CREATE TABLE spans (id int PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&));
CREATE FUNCTION series(n int) RETURNS SETOF int IMMUTABLE LANGUAGE sql AS $$ SELECT generate_series(1, least(n, 50)) $$;
CREATE FUNCTION echo(j jsonb) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$ SELECT j $$;
CREATE FUNCTION whole(jsonb) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$ SELECT $1 $$;
CREATE FUNCTION of_kind(k kinds) RETURNS bigint IMMUTABLE LANGUAGE sql AS $$ SELECT k.id $$;
CREATE FUNCTION divide(a int, b int) RETURNS int IMMUTABLE LANGUAGE sql AS $$ SELECT a / b $$;
CREATE FUNCTION add_kinds(n bigint) RETURNS SETOF kinds LANGUAGE sql
  AS $$ INSERT INTO kinds (id) VALUES (n), (n + 1) RETURNING * $$;
INSERT INTO kinds (id, small, num, txt, jb, ints, feeling, at) VALUES
  (1, 1, 1.5, 'one', '{"a": {"b": [1, "x"]}}', '{1,2}', 'ok', '2024-01-01'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO checked VALUES (1, NULL, 1);
GRANT ALL ON ALL TABLES IN SCHEMA api TO rest_anon, rest_author;
RESET search_path;
