import { Hono } from 'hono';
import { z } from 'zod';
import type { Catalog, Qualified } from '../../catalog/index.ts';
import { type Driver, labelled, type Statement } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { summarize } from './catalog.ts';
import { columnStats } from './column-stats.ts';
import { explainSql, runSql } from './console.ts';
import { countTable, countTables } from './counts.ts';
import { currentRow, rowHistory } from './history.ts';
import { driftSummary, migrationsSummary, type StudioProject } from './migrations.ts';
import type { CatalogSummary, TimeLimits } from './shapes.ts';

/** Rows of a table that fulfil a query's conditions. */
export interface Selection {
  readonly table: Qualified;
  readonly column: string;
  /** As in an address, without the question mark. */
  readonly query: string;
  /** Rows that are marked as deleted too. */
  readonly deleted: boolean;
}

export interface StudioApiDeps {
  readonly driver: Driver;
  readonly catalog: () => Catalog;
  readonly dev: boolean;
  /** Makes a token for whoever the page wants to be; absent where the server can only verify. */
  readonly sign?: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Of statements in the console; absent: the driver's own limit and no other. */
  readonly timeLimits?: TimeLimits;
  /** The dialect's statement of the rows that a query lets through, with one column; absent: they are told of as a whole. */
  readonly selection?: (wanted: Selection) => Statement;
  /** The project in force; undefined where only a database is served. */
  readonly project?: () => StudioProject | undefined;
}

const name = z.object({ schema: z.string(), table: z.string() });
const acting = {
  role: z.string().optional(),
  claims: z.string().optional(),
  timeout: z.number().int().min(1).optional(),
};
const run = z.object({
  id: z.string().max(64),
  sql: z.string(),
  limit: z.number().int().min(1).max(100_000).default(1_000),
  ...acting,
});
const explain = z.object({
  id: z.string().max(64),
  sql: z.string(),
  mode: z.enum(['analyze', 'plan', 'generic']).default('plan'),
  ...acting,
});
const cancel = z.object({ id: z.string() });
const token = z.object({ claims: z.record(z.string(), z.unknown()) });
const columnName = name.extend({
  column: z.string(),
  all: z.boolean().default(false),
  /** The conditions of the dialect that its rows fulfil; absent: the whole table. */
  query: z.string().optional(),
  deleted: z.boolean().default(false),
  role: acting.role,
  claims: acting.claims,
});
const rowName = name.extend({ key: z.record(z.string(), z.string()) });

/** @throws HutchError `studio_request_invalid` with the field at fault */
function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.');
  throw new HutchError('studio_request_invalid', { details: `${field}: ${issue?.message ?? ''}`, field });
}

/** The few routes that the page needs beside the public API. Whoever gets here may run SQL: the door is in front of them. */
export function apiRoutes(deps: StudioApiDeps): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.res.headers.set('cache-control', 'no-store');
  });
  catalogRoutes(app, deps);
  consoleRoutes(app, deps);
  migrationRoutes(app, deps);
  return app;
}

function catalogRoutes(app: Hono, deps: StudioApiDeps): void {
  const { driver, catalog, dev, sign, project, timeLimits, selection } = deps;
  app.get('/catalog', async (c) => {
    const summary = await summarize(driver, catalog());
    const full: CatalogSummary = {
      ...summary,
      canSign: sign !== undefined,
      dev,
      migrations: project?.() !== undefined,
      timeLimits: timeLimits ?? NO_CHOICE,
    };
    return c.json(full);
  });
  app.get('/counts', async (c) => c.json(await countTables(driver, catalog())));
  app.post('/count', async (c) => {
    const { schema, table } = read(name, await c.req.json());
    return c.json(await countTable(driver, catalog(), { schema, name: table }));
  });
  app.post('/column', async (c) => {
    const { query, deleted, role, claims, ...wanted } = read(columnName, await c.req.json());
    const table = { schema: wanted.schema, name: wanted.table };
    const { column, all } = wanted;
    const rows = query === undefined ? undefined : selection?.({ table, column, query, deleted });
    const actor = { role, ...(claims !== undefined && { settings: { 'request.jwt.claims': claims } }) };
    const { signal } = c.req.raw;
    return c.json(await columnStats(driver, catalog(), { table, column, all, rows, actor, signal }));
  });
  app.post('/history', async (c) => {
    const { schema, table, key } = read(rowName, await c.req.json());
    const row = { schema, name: table };
    const [entries, current] = await Promise.all([
      rowHistory(driver, catalog(), row, key),
      currentRow(driver, catalog(), row, key),
    ]);
    return c.json({ entries, current: current === null ? null : JSON.parse(current) });
  });
  app.post('/token', async (c) => {
    if (sign === undefined)
      throw new HutchError('studio_unavailable', {
        details: 'This server verifies tokens with a public key and cannot make them',
        hint: 'Paste a token of your own.',
      });
    return c.json({ token: await sign(read(token, await c.req.json()).claims) });
  });
}

const NO_CHOICE: TimeLimits = { usual: 0, most: 0 };

/** @throws HutchError where somebody asks for more time than there is */
function checkTime(timeout: number | undefined, { usual, most }: TimeLimits): void {
  if (timeout === undefined || usual === 0 || timeout <= Math.max(usual, most)) return;
  throw new HutchError('studio_request_invalid', {
    details: `timeout: ${timeout} ms is more than the ${most} ms that a statement may run here`,
    hint: 'The limit is HUTCH_STUDIO_STATEMENT_TIMEOUT',
    field: 'timeout',
  });
}

function consoleRoutes(app: Hono, { driver, catalog, timeLimits = NO_CHOICE }: StudioApiDeps): void {
  const running = new Map<string, AbortController>();
  const tracked = async <T>(id: string, request: Request, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      return await work(AbortSignal.any([controller.signal, request.signal]));
    } finally {
      running.delete(id);
    }
  };
  app.post('/sql', async (c) => {
    const { id, ...wanted } = read(run, await c.req.json());
    checkTime(wanted.timeout, timeLimits);
    return c.json(await tracked(id, c.req.raw, (signal) => runSql(driver, catalog, { ...wanted, signal })));
  });
  app.post('/explain', async (c) => {
    const { id, ...wanted } = read(explain, await c.req.json());
    checkTime(wanted.timeout, timeLimits);
    return c.json(await tracked(id, c.req.raw, (signal) => explainSql(driver, { ...wanted, signal })));
  });
  app.post('/cancel', async (c) => {
    const { id } = read(cancel, await c.req.json());
    const found = running.get(id);
    found?.abort();
    return c.json({ cancelled: found !== undefined });
  });
}

function migrationRoutes(app: Hono, { driver: shared, project }: StudioApiDeps): void {
  const driver = labelled(shared, 'studio');
  const own = (): StudioProject => {
    const found = project?.();
    if (found !== undefined) return found;
    throw new HutchError('studio_unavailable', { details: 'There is no drizzle.config here, so no migrations' });
  };
  app.get('/migrations', async (c) => c.json(await migrationsSummary(driver, own())));
  app.get('/drift', async (c) => c.json(await driftSummary(driver, own())));
}
