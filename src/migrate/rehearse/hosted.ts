/**
 * What a hosted Postgres brings along and the migrations of its users take for granted: Supabase's and Neon's schemas, functions, roles and
 * publication. The embedded database gets what a project names and no migration makes, before the migrations.
 */
import type { Driver } from '../../db/driver.ts';

interface Fixture {
  readonly name: string;
  /** The project names it. */
  readonly wanted: RegExp;
  /** The project makes it itself. */
  readonly made: RegExp;
  /** SQL, boolean: it is there. */
  readonly present: string;
  readonly up: string;
}

const CLAIMS = `nullif(current_setting('request.jwt.claims', true), '')::jsonb`;
const claim = (name: string, type: string): string =>
  `CREATE FUNCTION auth.${name}() RETURNS ${type} LANGUAGE sql STABLE AS $$ SELECT (${CLAIMS} ->> '${name === 'uid' || name === 'user_id' ? 'sub' : name}')::${type} $$`;

/** Source: Supabase's documentation of its `auth` and `storage` schemas, Neon's of `auth.user_id()`; columns that applications use. */
const FIXTURES: readonly Fixture[] = [
  {
    name: 'the schema auth with uid(), jwt(), role(), email(), user_id()',
    wanted: /\bauth"?\."?(?:uid|jwt|role|email|user_id)"?\s*\(|\bauth"?\."?users\b|\bauthUsers\b|\bauthUid\b/,
    made: /create\s+schema\s+(?:if\s+not\s+exists\s+)?"?auth\b|pgSchema\(\s*['"]auth['"]/i,
    present: `to_regprocedure('auth.uid()') IS NOT NULL`,
    up: `CREATE SCHEMA auth;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT ${CLAIMS} $$;
${[claim('uid', 'uuid'), claim('role', 'text'), claim('email', 'text'), claim('user_id', 'text')].join(';\n')};
CREATE TABLE auth.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), aud varchar(255), role varchar(255), email varchar(255), phone text UNIQUE,
  encrypted_password varchar(255), email_confirmed_at timestamptz, phone_confirmed_at timestamptz, last_sign_in_at timestamptz,
  raw_app_meta_data jsonb, raw_user_meta_data jsonb, is_anonymous boolean NOT NULL DEFAULT false,
  created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), deleted_at timestamptz
);
GRANT USAGE ON SCHEMA auth TO PUBLIC`,
  },
  {
    name: 'the schema storage with buckets and objects',
    wanted: /\bstorage"?\."?(?:objects|buckets|foldername)\b/,
    made: /create\s+schema\s+(?:if\s+not\s+exists\s+)?"?storage\b|pgSchema\(\s*['"]storage['"]/i,
    present: `to_regclass('storage.objects') IS NOT NULL`,
    up: `CREATE SCHEMA storage;
CREATE TABLE storage.buckets (
  id text PRIMARY KEY, name text NOT NULL UNIQUE, owner uuid, public boolean DEFAULT false, file_size_limit bigint,
  allowed_mime_types text[], created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now()
);
CREATE TABLE storage.objects (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), bucket_id text REFERENCES storage.buckets (id), name text, owner uuid, owner_id text,
  path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED, metadata jsonb,
  created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(), last_accessed_at timestamptz DEFAULT now()
);
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT (string_to_array(name, '/'))[1:cardinality(string_to_array(name, '/')) - 1] $$;
GRANT USAGE ON SCHEMA storage TO PUBLIC`,
  },
  {
    name: 'the schema extensions',
    wanted: /\bschema\s+"?extensions\b|\bextensions"?\./i,
    made: /create\s+schema\s+(?:if\s+not\s+exists\s+)?"?extensions\b/i,
    present: `to_regnamespace('extensions') IS NOT NULL`,
    up: `CREATE SCHEMA extensions;\nGRANT USAGE ON SCHEMA extensions TO PUBLIC`,
  },
  {
    name: 'the publication supabase_realtime',
    wanted: /\bpublication\s+"?supabase_realtime\b/i,
    made: /create\s+publication\s+"?supabase_realtime\b/i,
    present: `EXISTS (SELECT FROM pg_publication WHERE pubname = 'supabase_realtime')`,
    up: 'CREATE PUBLICATION supabase_realtime',
  },
];

/**
 * Makes what the project's texts (migrations, schema files) take for granted, and the extensions that they use without creating them.
 * @returns what was made, in words
 */
export async function bringHosted(
  driver: Driver,
  text: string,
  extensions: readonly string[],
): Promise<readonly string[]> {
  const named = FIXTURES.filter((it) => it.wanted.test(text) && !it.made.test(text));
  const wanted = [...named, ...extensions.map(extension)];
  const roles = rolesNamed(text);
  if (wanted.length === 0 && roles.length === 0) return [];
  const { rows } = await driver.query({ text: standing(wanted, roles), prepare: false });
  const [missing = '{}', ...present] = rows[0] ?? [];
  const lacking = wanted.filter((_, index) => present[index] !== 't');
  const names = namesIn(missing ?? '{}');
  const script = [...names.map((it) => `CREATE ROLE "${it}" NOLOGIN`), ...lacking.map((it) => it.up)];
  if (script.length > 0) await driver.script(`BEGIN;\n${script.join(';\n')};\nCOMMIT`);
  return [...lacking.map((it) => it.name), ...names.map((it) => `the role ${it}`)];
}

const extension = (name: string) => ({
  name: `the extension ${name}`,
  present: `EXISTS (SELECT FROM pg_extension WHERE extname = '${name}')`,
  up: `CREATE EXTENSION IF NOT EXISTS "${name}" CASCADE`,
});

const standing = (wanted: readonly Pick<Fixture, 'present'>[], roles: readonly string[]): string =>
  `SELECT ${[`ARRAY(SELECT unnest(ARRAY[${roles.map((it) => `'${it}'`).join(', ')}]::text[]) EXCEPT SELECT rolname FROM pg_roles)`, ...wanted.map((it) => it.present)].join(', ')}`;

/** The names in a `text[]` of plain names, in Postgres's text form. */
const namesIn = (cell: string): readonly string[] => cell.slice(1, -1).match(/\w+/g) ?? [];

const POLICY_ROLES =
  /\bCREATE\s+POLICY\b[^;]*?\bTO\s+((?:"?\w+"?\s*,\s*)*"?\w+"?)(?=\s+(?:USING|WITH)\b|\s*;|\s*-->|\s*$)/gi;
const GRANT_ROLES = /\b(?:GRANT\b[^;]*?\bTO|REVOKE\b[^;]*?\bFROM)\s+((?:"?\w+"?\s*,\s*)*"?\w+"?)\s*(?=;|-->|$)/gi;
const KEYWORDS = new Set(['public', 'current_user', 'session_user', 'current_role', 'group']);

/** The roles that policies and grants name and nobody creates. */
function rolesNamed(text: string): readonly string[] {
  const lists = [...text.matchAll(POLICY_ROLES), ...text.matchAll(GRANT_ROLES)].map(([, list = '']) => list);
  const names = lists.flatMap((list) => list.split(',').map((it) => it.trim().replaceAll('"', '')));
  return [...new Set(names)].filter(
    (it) => !KEYWORDS.has(it.toLowerCase()) && !new RegExp(`\\bcreate\\s+role\\s+"?${it}\\b`, 'i').test(text),
  );
}
