import type { Driver } from '../../db/driver.ts';
import { HutchError } from '../../errors/index.ts';

export interface LoadOptions {
  /** How many tickets to add. */
  readonly tickets: number;
  /** Rows for each statement, and so for each report of progress. Default 20,000. */
  readonly chunk?: number;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Stops between chunks; what is written stays. */
  readonly signal?: AbortSignal;
}

export interface LoadProgress {
  readonly done: number;
  readonly of: number;
  /** Milliseconds since the beginning. */
  readonly elapsed: number;
}

const DEFAULT_CHUNK = 20_000;

/**
 * Adds tickets by the hundred thousand, made by Postgres from the people, organizations and categories that are there: the same ones each
 * time for the same number. Each chunk is one statement.
 *
 * @returns the number of tickets added
 * @throws HutchError `row_invalid_value` for a number that isn't positive, `rows_empty` where the demo isn't seeded
 */
export async function seedTickets(driver: Driver, options: LoadOptions): Promise<number> {
  const { tickets, chunk = DEFAULT_CHUNK } = options;
  checkCount('tickets', tickets);
  checkCount('chunk', chunk);
  await checkSeeded(driver);
  const started = performance.now();
  for (let done = 0; done < tickets; ) {
    if (options.signal?.aborted) return done;
    const rows = Math.min(chunk, tickets - done);
    await addChunk(driver, done, rows);
    done += rows;
    options.onProgress?.({ done, of: tickets, elapsed: performance.now() - started });
  }
  await driver.script('ANALYZE tickets');
  return tickets;
}

function checkCount(field: string, count: number): void {
  if (Number.isSafeInteger(count) && count > 0) return;
  throw new HutchError('row_invalid_value', {
    details: `${field} has to be a positive whole number; got ${count}.`,
    field,
  });
}

async function checkSeeded(driver: Driver): Promise<void> {
  const { rows } = await driver.query({ text: SEEDED, prepare: false });
  if (rows[0]?.[0] === 't') return;
  throw new HutchError('rows_empty', {
    details: 'There are no people and categories yet.',
    hint: 'Seed the demo first.',
  });
}

const SEEDED =
  'select exists (select from users) and exists (select from organizations) and exists (select from subcategories)';

/** References come from the tables themselves, so checking each again would only take longer; a superuser may leave that out. */
const TRUSTED = `select set_config('session_replication_role', 'replica', true) from pg_roles where rolname = current_user and rolsuper`;

async function addChunk(driver: Driver, offset: number, rows: number): Promise<void> {
  const params = [String(offset), String(rows)];
  await driver.batch([{ text: TRUSTED }, { text: CHUNK, params }], { timeout: CHUNK_TIMEOUT });
}

/** Milliseconds; a chunk takes a second or two. */
const CHUNK_TIMEOUT = 300_000;

/** $1: the number of the ticket before the first one, $2: how many. Arrays, so that a row costs lookups and no joins. */
const CHUNK = `
WITH pools AS MATERIALIZED (
  SELECT
    (SELECT array_agg(id ORDER BY id) FROM organizations WHERE deleted_at IS NULL) AS organizations,
    (SELECT array_agg(id ORDER BY id) FROM users WHERE deleted_at IS NULL) AS people,
    (SELECT array_agg(id ORDER BY id) FROM users WHERE deleted_at IS NULL AND is_staff) AS staff,
    (SELECT array_agg(id ORDER BY id) FROM subcategories WHERE deleted_at IS NULL) AS subcategories,
    (SELECT array_agg(category_id ORDER BY id) FROM subcategories WHERE deleted_at IS NULL) AS categories,
    (SELECT array_agg(name ORDER BY id) FROM subcategories WHERE deleted_at IS NULL) AS names
)
INSERT INTO tickets (organization_id, category_id, subcategory_id, requester_id, assignee_id, title, status, priority, is_public, location,
  metadata, escalation_level, due_at, resolved_at, created_at, updated_at)
SELECT
  organizations[1 + pick % cardinality(organizations)], categories[1 + topic], subcategories[1 + topic],
  people[1 + pick / 7 % cardinality(people)], CASE WHEN pick % 10 > 0 THEN staff[1 + pick / 11 % cardinality(staff)] END,
  names[1 + topic] || ': ' || (ARRAY['does not start','is very slow','stopped working','shows an error','needs replacing','is missing'])[1 + pick / 13 % 6]
    || ' (' || nr || ')',
  CASE WHEN open THEN (ARRAY['OPEN','IN_PROGRESS','WAITING'])[1 + pick % 3] ELSE (ARRAY['RESOLVED','CLOSED'])[1 + pick % 2] END::ticket_status,
  (ARRAY['LOW','NORMAL','NORMAL','NORMAL','HIGH','URGENT'])[1 + pick / 17 % 6]::ticket_priority, pick % 9 <> 0,
  'Building ' || 1 + pick / 19 % 20 || ', room ' || 100 + pick / 23 % 300,
  jsonb_build_object('source', (ARRAY['web','email','chat','phone'])[1 + pick / 29 % 4], 'building', (1 + pick / 19 % 20)::text,
    'tags', jsonb_build_array(lower(names[1 + topic]))),
  CASE WHEN open AND pick % 5 = 0 THEN 1 + pick % 3 ELSE 0 END, at + interval '2 days', CASE WHEN NOT open THEN at + interval '1 day' END, at, at
FROM pools, generate_series($1::bigint + 1, $1::bigint + $2::bigint) AS nr,
LATERAL (SELECT (nr * 7919 + nr / 31 * 104729) % 2147483647 AS number OFFSET 0) AS mixed,
LATERAL (SELECT number::int AS pick, number % 8 = 0 AS open, (number / 3 % cardinality(subcategories))::int AS topic,
  timestamptz '2024-01-01Z' + nr * interval '83 seconds' AS at OFFSET 0) AS choice`;
